using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text.Json;

namespace FuncQueue.App.Tests.Support;

/// <summary>
/// The token endpoint that Azure gives an app with a managed identity, on the loopback address. Its tokens have what Azurite looks at
/// (issuer, audience, times); nobody here checks the signature.
/// </summary>
public sealed class TokenEndpoint : IAsyncDisposable
{
    private const string Tenant = "7f0b4ac5-3c5e-4bb5-9f6e-0a4b0f6d2c11";

    private readonly HttpListener listener = new();
    private readonly string secret = Guid.NewGuid().ToString("N");
    private readonly ConcurrentQueue<(string Resource, string? ClientId)> asked = new();
    private readonly string address;
    private readonly Task serving;

    public TokenEndpoint()
    {
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/";
        }

        listener.Prefixes.Add(address);
        listener.Start();
        serving = ServeAsync();
    }

    /// <summary>Whom the tokens are for; by default, for what was asked.</summary>
    public string? Audience { get; init; }

    /// <summary>What was asked for so far.</summary>
    public IReadOnlyCollection<(string Resource, string? ClientId)> Asked => asked;

    /// <summary>What Azure sets for an app with an identity.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Environment =>
        [new("IDENTITY_ENDPOINT", address + "msi/token"), new("IDENTITY_HEADER", secret)];

    public async ValueTask DisposeAsync()
    {
        listener.Stop();
        await serving;
        listener.Close();
    }

    private async Task ServeAsync()
    {
        while (listener.IsListening)
        {
            HttpListenerContext call;
            try
            {
                call = await listener.GetContextAsync();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            var resource = call.Request.QueryString["resource"];
            if (call.Request.Headers["X-IDENTITY-HEADER"] != secret || resource is null)
            {
                call.Response.StatusCode = (int)HttpStatusCode.Unauthorized;
                call.Response.Close();
                continue;
            }

            asked.Enqueue((resource, call.Request.QueryString["client_id"]));
            var expires = TimeProvider.System.GetUtcNow().AddHours(1).ToUnixTimeSeconds();
            var answer = JsonSerializer.SerializeToUtf8Bytes(
                new Dictionary<string, string>
                {
                    ["access_token"] = Token(Audience ?? resource, expires),
                    ["expires_on"] = expires.ToString(System.Globalization.CultureInfo.InvariantCulture),
                    ["resource"] = resource,
                    ["token_type"] = "Bearer",
                }
            );
            call.Response.ContentType = "application/json";
            call.Response.Close(answer, willBlock: false);
        }
    }

    private static string Token(string audience, long expires)
    {
        var now = TimeProvider.System.GetUtcNow().AddMinutes(-5).ToUnixTimeSeconds();
        return string.Join(
            '.',
            Part(new { alg = "RS256", typ = "JWT" }),
            Part(
                new
                {
                    aud = audience,
                    iss = $"https://sts.windows.net/{Tenant}/",
                    iat = now,
                    nbf = now,
                    exp = expires,
                    oid = Tenant,
                    tid = Tenant,
                }
            ),
            Part("unsigned")
        );

        static string Part<T>(T value) =>
            Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(value)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
    }
}
