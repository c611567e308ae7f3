using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using FuncQueue.Functions.Access;
using Microsoft.Extensions.Configuration;

namespace FuncQueue.App.Tests.Access;

/// <summary>Tokens of Entra ID, signed by a directory of the tests' own.</summary>
public sealed class EntraTests(AppFixture fixture) : IAsyncLifetime
{
    private readonly OpenIdProvider directory = new();
    private AppProcess? app;

    public async ValueTask InitializeAsync() => app = await StartAsync(directory);

    public async ValueTask DisposeAsync()
    {
        await app!.DisposeAsync();
        await directory.DisposeAsync();
    }

    [Theory]
    [InlineData("FuncQueue.Send", "send", "POST", "/queues/orders/messages")]
    [InlineData("FuncQueue.Receive", "receive", "POST", "/queues/orders/messages/dequeue")]
    [InlineData("FuncQueue.Peek", "peek", "GET", "/queues/orders/messages")]
    [InlineData("FuncQueue.Inspect", "inspect", "GET", "/queues/orders")]
    [InlineData("FuncQueue.Redrive", "redrive", "POST", "/queues/orders/deadletter/redrive")]
    [InlineData("FuncQueue.Manage", "manage", "POST", "/queues/orders/purge")]
    public async Task An_app_role_is_a_right_on_everything(string role, string right, string method, string url)
    {
        await With(directory.Token("FuncQueue.Manage")).PutAsync("/queues/orders");
        var client = With(directory.Token(role, "Other.Role"));
        var me = await client.GetAsync("/whoami");
        me.Json["name"]!.GetValue<string>().ShouldBe("entra:2f9a6c1e-0000-4000-8000-000000000001");
        me.Json["rights"]!.ToJsonString().ShouldBe($"""["{right}"]""");
        me.Json["resources"]!.ToJsonString().ShouldBe("""["*"]""");
        ((int)(await client.SendAsync(new HttpMethod(method), url)).Status).ShouldBeInRange(200, 201);
        (await client.SendAsync(HttpMethod.Put, "/keys/x")).Code.ShouldBe("forbidden");
        var none = With(directory.Token());
        (await none.GetAsync("/whoami")).Status.ShouldBe(HttpStatusCode.OK);
        (await none.SendAsync(new HttpMethod(method), url)).Json["detail"]!
            .GetValue<string>()
            .ShouldBe($"entra:2f9a6c1e-0000-4000-8000-000000000001 lacks the right {right} on queue:orders.");
    }

    [Fact]
    public async Task What_the_directory_has_not_signed_for_this_deployment_and_this_hour_is_refused()
    {
        await using var other = new OpenIdProvider();
        var now = TimeProvider.System.GetUtcNow();
        var good = directory.Token("FuncQueue.Manage");
        var parts = good.Split('.');
        var claims = JsonNode.Parse(Base64Url.DecodeFromChars(parts[1]))!.AsObject();
        claims["roles"] = new JsonArray("FuncQueue.Manage", "FuncQueue.Send");
        var shared = $"{OpenIdProvider.Part(new JsonObject { ["alg"] = "HS256" })}.{parts[1]}";
        var bad = new Dictionary<string, string>
        {
            ["signed by another directory"] = other.Token("FuncQueue.Manage"),
            ["signed by another directory in this one's name"] = other.Token(c => c["iss"] = directory.Issuer),
            ["of another audience"] = directory.Token(c => c["aud"] = "api://another"),
            ["of no audience"] = directory.Token(c => c.Remove("aud")),
            ["of another issuer"] = directory.Token(c => c["iss"] = "https://login.microsoftonline.com/common/v2.0"),
            ["of the first version's issuer of another cloud"] = directory.Token(c =>
                c["iss"] = $"https://sts.windows.net/{OpenIdProvider.Tenant}/"
            ),
            ["expired"] = directory.Token(c => c["exp"] = now.AddMinutes(-10).ToUnixTimeSeconds()),
            ["without an end"] = directory.Token(c => c.Remove("exp")),
            ["not yet good"] = directory.Token(c => c["nbf"] = now.AddMinutes(10).ToUnixTimeSeconds()),
            ["with a role put in"] = $"{parts[0]}.{OpenIdProvider.Part(claims)}.{parts[2]}",
            ["without a signature"] = $"{parts[0]}.{parts[1]}.",
            ["unsigned by its own account"] = $"{OpenIdProvider.Part(new JsonObject { ["alg"] = "none" })}.{parts[1]}.",
            ["signed with the public key as a secret"] =
                $"{shared}.{Base64Url.EncodeToString(HMACSHA256.HashData(directory.PublicKey, Encoding.ASCII.GetBytes(shared)))}",
            ["of an unknown key"] = directory.Token(_ => { }, h => h["kid"] = "another"),
            ["cut short"] = good[..^10],
            ["twice"] = $"{good}.{good}",
        };
        foreach (var (what, token) in bad)
            (await With(token).GetAsync("/whoami")).Code.ShouldBe("unauthenticated", what);
        (await With(good).GetAsync("/whoami")).Status.ShouldBe(HttpStatusCode.OK);
        // Only where tokens belong.
        (await new ApiClient(app!.Address).SendAsync(HttpMethod.Get, "/whoami", null, ("x-functions-key", good))).Code.ShouldBe(
            "unauthenticated"
        );
        (await new ApiClient(app.Address).GetAsync("/whoami?code=" + good)).Code.ShouldBe("unauthenticated");
        app.Output.ShouldNotContain(parts[2]);
        app.Output.ShouldNotContain("unexpected", Case.Insensitive);
    }

    [Fact]
    public async Task When_the_directory_changes_its_key_tokens_of_the_new_one_are_taken()
    {
        (await With(directory.Token("FuncQueue.Inspect")).GetAsync("/queues")).Status.ShouldBe(HttpStatusCode.OK);
        directory.ChangeKey();
        var client = With(directory.Token("FuncQueue.Inspect"));
        await Until.TrueAsync(async () => (await client.GetAsync("/queues")).Status == HttpStatusCode.OK, "the new key is read");
    }

    [Fact]
    public async Task While_the_directory_does_not_answer_the_caller_is_told_to_come_again()
    {
        var silent = new OpenIdProvider();
        await using var alone = await StartAsync(silent);
        var token = silent.Token("FuncQueue.Inspect");
        await silent.DisposeAsync();
        var answer = await new ApiClient(alone.Address, token).GetAsync("/queues");
        answer.Code.ShouldBe("identity-unavailable");
        answer.Headers.RetryAfter.ShouldNotBeNull();
        // Who shows a key does not need the directory.
        var key = await new KeyMaker(alone.Address, KeyMaker.HostKey).MakeMasterAsync();
        (await new ApiClient(alone.Address, key).GetAsync("/queues")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Where_no_directory_is_set_no_token_is_taken()
    {
        await using var plain = await AppProcess.StartAsync(fixture.Environment(Locked()));
        (await new ApiClient(plain.Address, directory.Token("FuncQueue.Manage")).GetAsync("/whoami")).Code.ShouldBe("unauthenticated");
    }

    [Theory]
    [InlineData("TenantId", "t", "FuncQueueEntra:Audience must be")]
    [InlineData("Audience", "api://x", "FuncQueueEntra:TenantId must be")]
    [InlineData("TenantId=t/../x;Audience", "api://x", "FuncQueueEntra:TenantId must be")]
    [InlineData("TenantId=t;Audience", " , ", "FuncQueueEntra:Audience must be")]
    [InlineData("TenantId=t;Audience=a;Authority", "http://login.example", "FuncQueueEntra:Authority must be")]
    [InlineData("TenantId=t;Audience=a;Authority", "login.example", "FuncQueueEntra:Authority must be")]
    public void Settings_that_cannot_be_used_are_told(string settings, string value, string says)
    {
        var all = $"{settings}={value}"
            .Split(';')
            .Select(s => s.Split('=', 2))
            .ToDictionary(s => $"FuncQueueEntra:{s[0]}", s => (string?)s[1]);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(all).Build();
        Should.Throw<ArgumentException>(() => EntraOptions.Read(configuration)).Message.ShouldContain(says);
    }

    private ApiClient With(string token) => new(app!.Address, token);

    private Task<AppProcess> StartAsync(OpenIdProvider provider)
    {
        var environment = Locked();
        foreach (var (name, value) in provider.Settings)
            environment[name] = value;
        return AppProcess.StartAsync(fixture.Environment(environment));
    }

    private static Dictionary<string, string?> Locked() =>
        new() { ["LocalHost__HostKey"] = KeyMaker.HostKey, ["FuncQueue__RegistryTable"] = "entra" + Guid.NewGuid().ToString("N") };
}
