namespace FuncQueue.App.Tests.Access;

/// <summary>Keys over HTTP, from their making to their end, and what they open.</summary>
public sealed class KeyRouteTests(LockedApp locked) : LockedTest(locked)
{
    private const string Sender = """{"rights":["send"],"resources":["orders*","topic:prices"]}""";

    [Fact]
    public async Task A_key_is_made_shown_once_changed_replaced_and_revoked()
    {
        var master = With(await Keys.MakeMasterAsync());
        var made = await master.PutAsync("/keys/producer", Sender);
        made.Status.ShouldBe(HttpStatusCode.Created);
        made.Headers.CacheControl!.NoStore.ShouldBeTrue();
        var key = made.Json["key"]!.GetValue<string>();
        var got = await master.GetAsync("/keys/producer");
        got.Json.AsObject().ContainsKey("key").ShouldBeFalse();
        got.Json["rights"]!.ToJsonString().ShouldBe("""["send"]""");
        got.Json["resources"]!.ToJsonString().ShouldBe("""["orders*","topic:prices"]""");
        got.Headers.ETag.ShouldBe(made.Headers.ETag);
        (await With(key).GetAsync("/whoami"))
            .Json.ToJsonString()
            .ShouldBe("""{"name":"producer","rights":["send"],"resources":["orders*","topic:prices"],"expiresAt":null}""");

        var changed = await master.PutAsync("/keys/producer", """{"rights":["send","inspect"]}""");
        changed.Status.ShouldBe(HttpStatusCode.OK);
        changed.Json.AsObject().ContainsKey("key").ShouldBeFalse();
        changed.Json["resources"]!.ToJsonString().ShouldBe("""["orders*","topic:prices"]""");
        (await With(key).GetAsync("/queues")).Status.ShouldBe(HttpStatusCode.OK);

        var rotated = await master.PostAsync("/keys/producer/rotate");
        var next = rotated.Json["key"]!.GetValue<string>();
        next.ShouldNotBe(key);
        var until = rotated.Json["formerKeyExpiresAt"]!.GetValue<DateTimeOffset>() - rotated.Json["rotatedAt"]!.GetValue<DateTimeOffset>();
        until.TotalSeconds.ShouldBe(3600);
        (await With(key).GetAsync("/whoami")).Status.ShouldBe(HttpStatusCode.OK);
        (await With(next).GetAsync("/whoami")).Status.ShouldBe(HttpStatusCode.OK);
        await master.PostAsync("/keys/producer/rotate", """{"overlapSeconds":0}""");
        (await With(next).GetAsync("/whoami")).Code.ShouldBe("unauthenticated");

        (await master.GetAsync("/keys")).Json["keys"]!.AsArray().Select(k => k!["name"]!.GetValue<string>()).ShouldContain("producer");
        (await master.DeleteAsync("/keys/producer")).Status.ShouldBe(HttpStatusCode.NoContent);
        (await master.DeleteAsync("/keys/producer")).Code.ShouldBe("key-not-found");
        (await master.GetAsync("/keys/producer")).Code.ShouldBe("key-not-found");
        (await master.PostAsync("/keys/producer/rotate")).Code.ShouldBe("key-not-found");
    }

    [Fact]
    public async Task Conditions_of_a_PUT_hold()
    {
        var master = With(await Keys.MakeMasterAsync());
        var made = await master.PutAsync("/keys/conditional", Sender, ("If-None-Match", "*"));
        made.Status.ShouldBe(HttpStatusCode.Created);
        (await master.PutAsync("/keys/conditional", Sender, ("If-None-Match", "*"))).Code.ShouldBe("precondition-failed");
        (await master.PutAsync("/keys/conditional", Sender, ("If-Match", made.Headers.ETag!.ToString()))).Status.ShouldBe(
            HttpStatusCode.OK
        );
        (await master.PutAsync("/keys/conditional", Sender, ("If-Match", made.Headers.ETag!.ToString()))).Code.ShouldBe(
            "precondition-failed"
        );
    }

    [Theory]
    [InlineData("{}", "rights", "resources")]
    [InlineData("""{"rights":[],"resources":[]}""", "rights", "resources")]
    [InlineData("""{"rights":["own"],"resources":["a b"]}""", "rights[0]", "resources[0]")]
    [InlineData("""{"rights":["Send"],"resources":["orders"]}""", "rights[0]")]
    [InlineData("""{"rights":[1],"resources":[null]}""", "rights[0]", "resources[0]")]
    [InlineData("""{"rights":"send","resources":"orders"}""", "rights", "resources")]
    [InlineData("""{"rights":["keys"],"resources":["orders"]}""", "resources")]
    [InlineData("""{"rights":["send"],"resources":["orders"],"expiresAt":"tomorrow"}""", "expiresAt")]
    [InlineData("""{"rights":["send"],"resources":["orders"],"colour":"red"}""", "colour")]
    public async Task What_no_key_can_be_is_refused_with_every_fault(string json, params string[] fields)
    {
        var answer = await new ApiClient(App.Address, KeyMaker.HostKey).PutAsync("/host/keys/producer", json);
        answer.Code.ShouldBe("invalid-request");
        answer.Fields.ShouldBe(fields);
    }

    [Theory]
    [InlineData("no%20key")]
    [InlineData("a%2Fb")]
    [InlineData("a..b")]
    [InlineData("(host)")]
    public async Task A_name_that_no_key_can_have_is_refused(string name)
    {
        var answer = await new ApiClient(App.Address, KeyMaker.HostKey).PutAsync("/host/keys/" + name, Sender);
        answer.Fields.ShouldBe(["key"]);
    }

    [Theory]
    [InlineData("""{"overlapSeconds":-1}""")]
    [InlineData("""{"overlapSeconds":31536001}""")]
    [InlineData("""{"overlapSeconds":"10"}""")]
    public async Task An_overlap_out_of_range_is_refused(string json) =>
        (await new ApiClient(App.Address, KeyMaker.HostKey).PostAsync("/host/keys/producer/rotate", json)).Fields.ShouldBe([
            "overlapSeconds",
        ]);

    [Fact]
    public async Task A_name_of_a_key_in_the_settings_is_not_given_away()
    {
        await using var app = await Locked.StartAsync(
            ("FuncQueueSqs__Keys__0__AccessKeyId", "billing"),
            ("FuncQueueSqs__Keys__0__SecretAccessKey", "tests-only/9fKc+7Qm2Xv0LhT3bE1uRz"),
            ("FuncQueueSqs__Keys__0__Rights", "send")
        );
        var client = new ApiClient(app.Address, KeyMaker.HostKey);
        (await client.PutAsync("/host/keys/billing", Sender)).Code.ShouldBe("key-exists");
        (await client.PutAsync("/host/keys/Billing", Sender)).Status.ShouldBe(HttpStatusCode.Created);
        (await client.GetAsync("/host/keys/billing")).Code.ShouldBe("key-not-found");
    }

    [Fact]
    public async Task Lists_show_what_matches_only_page_by_page()
    {
        var master = With(await Keys.MakeMasterAsync());
        foreach (var name in new[] { "a", "orders-1", "orders-2", "orders-3", "z" })
        {
            (await master.PutAsync("/queues/" + name)).Status.ShouldBe(HttpStatusCode.Created);
            (await master.PutAsync("/topics/" + name)).Status.ShouldBe(HttpStatusCode.Created);
        }

        var client = With(await Keys.MakeAsync("some", ["inspect"], ["orders-*", "topic:z"]));
        (await NamesAsync("/queues")).ShouldBe(["orders-1", "orders-2", "orders-3"]);
        (await NamesAsync("/topics")).ShouldBe(["z"]);
        (await NamesAsync("/queues?prefix=orders-2")).ShouldBe(["orders-2"]);
        (await NamesAsync("/queues?prefix=a")).ShouldBeEmpty();
        var page = await client.GetAsync("/queues?maxResults=2");
        page.Json["queues"]!.AsArray().Count.ShouldBe(2);
        (await NamesAsync($"/queues?maxResults=2&continuation={page.Json["continuation"]}")).ShouldBe(["orders-3"]);

        async Task<IEnumerable<string>> NamesAsync(string url)
        {
            var answer = await client.GetAsync(url);
            return [.. answer.Json[url.Split('/', '?')[1]]!.AsArray().Select(q => q!["name"]!.GetValue<string>())];
        }
    }

    [Fact]
    public async Task Where_messages_are_moved_to_the_right_to_send_is_needed_too()
    {
        var master = With(await Keys.MakeMasterAsync());
        foreach (var name in new[] { "orders", "payroll" })
            await master.PutAsync("/queues/" + name);
        var support = With(await Keys.MakeAsync("support", ["redrive"], ["orders"]));
        (await support.PostAsync("/queues/orders/deadletter/redrive")).Status.ShouldBe(HttpStatusCode.OK);
        var refused = await support.PostAsync("/queues/orders/deadletter/redrive", """{"to":"payroll"}""");
        refused.Code.ShouldBe("forbidden");
        refused.Json["detail"]!.GetValue<string>().ShouldBe("support lacks the right send on queue:payroll.");
        var mover = With(await Keys.MakeAsync("mover", ["redrive", "send"], ["orders", "payroll"]));
        (await mover.PostAsync("/queues/orders/deadletter/redrive", """{"to":"payroll"}""")).Status.ShouldBe(HttpStatusCode.OK);

        var owner = With(await Keys.MakeAsync("owner", ["manage"], ["topic:prices", "orders"]));
        (await owner.PutAsync("/topics/prices", """{"alternateQueue":"payroll"}""")).Json["detail"]!
            .GetValue<string>()
            .ShouldBe("owner lacks the right manage on queue:payroll.");
        (await owner.PutAsync("/topics/prices", """{"alternateQueue":"orders"}""")).Status.ShouldBe(HttpStatusCode.Created);
        (await owner.PutAsync("/topics/prices/subscriptions/all", """{"queue":"payroll"}""")).Json["detail"]!
            .GetValue<string>()
            .ShouldBe("owner lacks the right manage on queue:payroll.");
        (await owner.PutAsync("/topics/prices/subscriptions/all", """{"topic":"audit"}""")).Json["detail"]!
            .GetValue<string>()
            .ShouldBe("owner lacks the right manage on topic:audit.");
        (await owner.PutAsync("/topics/prices/subscriptions/all", """{"queue":"orders"}""")).Status.ShouldBe(HttpStatusCode.Created);
        (await master.PutAsync("/topics/prices/subscriptions/pay", """{"queue":"payroll"}""")).Status.ShouldBe(HttpStatusCode.Created);
        (await owner.PostAsync("/topics/prices/subscriptions/pay/seek", """{"to":"earliest"}""")).Code.ShouldBe("forbidden");
        (await owner.PostAsync("/topics/prices/subscriptions/all/seek", """{"to":"earliest"}""")).Status.ShouldBe(HttpStatusCode.NoContent);
    }

    /// <summary>Whether there is such a queue is nobody's business who may not use it, nor what is wrong with a request to it.</summary>
    [Fact]
    public async Task A_refusal_tells_nothing_of_the_queue()
    {
        var master = With(await Keys.MakeMasterAsync());
        await master.PutAsync("/queues/there");
        var client = With(await Keys.MakeAsync("narrow", ["manage"], ["mine"]));
        var (there, nowhere) = (await client.GetAsync("/queues/there"), await client.GetAsync("/queues/nowhere"));
        there.Text.Replace("there", "nowhere", StringComparison.Ordinal).ShouldBe(nowhere.Text);
        (await client.PutAsync("/queues/there", "{")).Code.ShouldBe("forbidden");
    }
}
