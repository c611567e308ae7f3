using System.Buffers.Text;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace FuncQueue.App.Tests.Support;

/// <summary>A directory of the tests' own, as Entra ID is one: says who it is and with which keys it signs, and signs tokens.</summary>
public sealed class OpenIdProvider : IAsyncDisposable
{
    public const string Tenant = "7f0b4ac5-3c5e-4bb5-9f6e-0a4b0f6d2c11";
    public const string Audience = "api://funcqueue-tests";

    private readonly HttpListener listener = new();
    private readonly Task serving;
    private readonly CodeFlow people;
    private volatile SigningKey key = new();

    public OpenIdProvider()
    {
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Authority = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}";
        }

        people = new CodeFlow(Token);
        listener.Prefixes.Add(Authority + "/");
        listener.Start();
        serving = ServeAsync();
    }

    public string Authority { get; }

    public string Issuer => $"{Authority}/{Tenant}/v2.0";

    /// <summary>What an app needs to take this directory's tokens.</summary>
    public IReadOnlyDictionary<string, string?> Settings =>
        new Dictionary<string, string?>
        {
            ["FuncQueueEntra__TenantId"] = Tenant,
            ["FuncQueueEntra__Audience"] = Audience,
            ["FuncQueueEntra__Authority"] = Authority,
        };

    /// <summary>Whoever comes to sign in has these roles from now on.</summary>
    public void SignIn(params string[] roles) => people.Roles = roles;

    /// <summary>Signs with another key from now on.</summary>
    public void ChangeKey() => key = new SigningKey();

    /// <summary>A token with these app roles, good for an hour.</summary>
    public string Token(params string[] roles) => Token(claims => claims["roles"] = new JsonArray([.. roles.Select(r => (JsonNode)r)]));

    /// <summary>A token with something changed before it is signed.</summary>
    public string Token(Action<JsonObject> change, Action<JsonObject>? changeHeader = null)
    {
        var now = TimeProvider.System.GetUtcNow();
        var signing = key;
        var header = new JsonObject
        {
            ["typ"] = "JWT",
            ["alg"] = "RS256",
            ["kid"] = signing.Id,
        };
        var claims = new JsonObject
        {
            ["iss"] = Issuer,
            ["aud"] = Audience,
            ["iat"] = now.ToUnixTimeSeconds(),
            ["nbf"] = now.ToUnixTimeSeconds(),
            ["exp"] = now.AddHours(1).ToUnixTimeSeconds(),
            ["oid"] = "2f9a6c1e-0000-4000-8000-000000000001",
            ["tid"] = Tenant,
            ["ver"] = "2.0",
        };
        change(claims);
        changeHeader?.Invoke(header);
        return signing.Sign(header, claims);
    }

    /// <summary>The key that anybody may know, in the form in which some libraries would take it for a shared secret.</summary>
    public byte[] PublicKey => key.PublicKey;

    public static string Part(JsonNode json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));

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

            if (call.Request.Url!.AbsolutePath == $"/{Tenant}/oauth2/v2.0/authorize")
            {
                call.Response.Redirect(people.Authorize(call.Request.Url).AbsoluteUri);
                call.Response.Close();
                continue;
            }

            var answer = call.Request.Url!.AbsolutePath switch
            {
                $"/{Tenant}/v2.0/.well-known/openid-configuration" => new JsonObject
                {
                    ["issuer"] = Issuer,
                    ["jwks_uri"] = $"{Authority}/{Tenant}/discovery/v2.0/keys",
                },
                $"/{Tenant}/oauth2/v2.0/token" => people.Exchange(await new StreamReader(call.Request.InputStream).ReadToEndAsync()),
                $"/{Tenant}/discovery/v2.0/keys" => new JsonObject { ["keys"] = new JsonArray(key.ToJson()) },
                _ => null,
            };
            call.Response.StatusCode = answer is null ? (int)HttpStatusCode.NotFound : (int)HttpStatusCode.OK;
            call.Response.ContentType = "application/json";
            // Pages of another origin read it.
            call.Response.Headers["Access-Control-Allow-Origin"] = "*";
            call.Response.Close(JsonSerializer.SerializeToUtf8Bytes(answer), willBlock: false);
        }
    }

    private sealed class SigningKey
    {
        private readonly RSA rsa = RSA.Create(2048);

        public string Id { get; } = Guid.NewGuid().ToString("N");

        public byte[] PublicKey => rsa.ExportSubjectPublicKeyInfo();

        public JsonObject ToJson()
        {
            var parameters = rsa.ExportParameters(includePrivateParameters: false);
            return new JsonObject
            {
                ["kty"] = "RSA",
                ["use"] = "sig",
                ["kid"] = Id,
                ["n"] = Base64Url.EncodeToString(parameters.Modulus),
                ["e"] = Base64Url.EncodeToString(parameters.Exponent),
            };
        }

        public string Sign(JsonObject header, JsonObject claims)
        {
            var text = $"{Part(header)}.{Part(claims)}";
            var signature = rsa.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            return $"{text}.{Base64Url.EncodeToString(signature)}";
        }
    }
}
