namespace FuncQueue.App.Tests.Access;

/// <summary>Locally nobody needs a key until there is one, and from then on everybody does.</summary>
public sealed class FirstKeyTests(AppFixture fixture)
{
    private const string Everything = """{"rights":["manage","keys"],"resources":["*"]}""";

    private readonly string registry = "first" + Guid.NewGuid().ToString("N");

    [Theory]
    [InlineData("/keys")]
    [InlineData("/host/keys")]
    public async Task Until_the_first_key_anybody_may_do_anything_and_from_then_on_nobody_without_one(string keys)
    {
        await using var app = await StartAsync();
        await using var other = await StartAsync();
        var (nobody, elsewhere) = (new ApiClient(app.Address), new ApiClient(other.Address));
        (await nobody.PutAsync("/queues/orders")).Status.ShouldBe(HttpStatusCode.Created);
        (await nobody.GetAsync("/whoami"))
            .Json.ToJsonString()
            .ShouldBe(
                """{"name":"(anonymous)","rights":["send","receive","peek","inspect","redrive","manage","keys"],"resources":["*"],"expiresAt":null}"""
            );
        (await elsewhere.GetAsync("/queues")).Status.ShouldBe(HttpStatusCode.OK);
        // Where no key is needed, a wrong one does no harm.
        (await new ApiClient(app.Address, "wrong").GetAsync("/queues")).Status.ShouldBe(HttpStatusCode.OK);

        var key = (await nobody.PutAsync(keys + "/first", Everything)).Json["key"]!.GetValue<string>();
        foreach (var url in new[] { "/queues", "/queues/orders", "/keys", "/host/keys", "/whoami" })
            (await nobody.GetAsync(url)).Code.ShouldBe("unauthenticated", url);
        (await nobody.PutAsync(keys + "/second", Everything)).Code.ShouldBe("unauthenticated");
        (await nobody.GetAsync("/health")).Status.ShouldBe(HttpStatusCode.OK);
        await Until.TrueAsync(
            async () => (await elsewhere.GetAsync("/queues")).Status == HttpStatusCode.Unauthorized,
            "the other process knows of the first key"
        );

        var owner = new ApiClient(app.Address, key);
        (await owner.GetAsync("/queues/orders")).Status.ShouldBe(HttpStatusCode.OK);
        (await owner.GetAsync("/host/keys")).Status.ShouldBe(HttpStatusCode.OK);
        (await owner.DeleteAsync("/keys/first")).Status.ShouldBe(HttpStatusCode.NoContent);
        // The last key is gone; the lock is not.
        (await nobody.GetAsync("/queues")).Code.ShouldBe("unauthenticated");
        await using var later = await StartAsync();
        (await new ApiClient(later.Address).GetAsync("/queues")).Code.ShouldBe("unauthenticated");

        // Whoever runs the app gets in again.
        await using var rescue = await StartAsync(("LocalHost__HostKey", KeyMaker.HostKey));
        var again = await new KeyMaker(rescue.Address, KeyMaker.HostKey).MakeMasterAsync();
        (await new ApiClient(later.Address, again).GetAsync("/queues/orders")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task With_a_host_key_a_key_is_needed_from_the_start_and_the_hosts_opens_the_making_of_keys_only()
    {
        await using var app = await StartAsync(("LocalHost__HostKey", KeyMaker.HostKey));
        var (host, nobody, wrong) = (
            new ApiClient(app.Address, KeyMaker.HostKey),
            new ApiClient(app.Address),
            new ApiClient(app.Address, "wrong")
        );
        foreach (var client in new[] { host, nobody, wrong })
        {
            (await client.GetAsync("/queues")).Code.ShouldBe("unauthenticated");
            (await client.GetAsync("/keys")).Code.ShouldBe("unauthenticated");
            (await client.GetAsync("/health")).Status.ShouldBe(HttpStatusCode.OK);
        }

        (await nobody.GetAsync("/host/keys")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await wrong.GetAsync("/host/keys")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await host.GetAsync("/host/keys")).Status.ShouldBe(HttpStatusCode.OK);
        (await nobody.GetAsync("/host/keys?code=" + Uri.EscapeDataString(KeyMaker.HostKey))).Status.ShouldBe(HttpStatusCode.OK);
        // The header wins.
        (await wrong.GetAsync("/host/keys?code=" + Uri.EscapeDataString(KeyMaker.HostKey))).Status.ShouldBe(HttpStatusCode.Unauthorized);
        var key = await new KeyMaker(app.Address, KeyMaker.HostKey).MakeMasterAsync();
        (await new ApiClient(app.Address, key).GetAsync("/queues")).Status.ShouldBe(HttpStatusCode.OK);
        (await new ApiClient(app.Address, key).GetAsync("/host/keys")).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private Task<AppProcess> StartAsync(params (string Name, string Value)[] settings)
    {
        var environment = new Dictionary<string, string?> { ["FuncQueue__RegistryTable"] = registry };
        foreach (var (name, value) in settings)
            environment[name] = value;
        return AppProcess.StartAsync(fixture.Environment(environment));
    }
}
