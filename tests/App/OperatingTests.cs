namespace FuncQueue.App.Tests;

/// <summary>What operators do to single messages, over HTTP.</summary>
public sealed class OperatingTests(AppFixture app)
{
    private readonly ApiClient client = app.Client;

    [Fact]
    public async Task Released_messages_are_ready_at_once_and_their_deliveries_are_not_counted()
    {
        var queue = await client.QueueAsync();
        await client.EnqueueAsync(queue, "hello");
        var message = (await client.DequeueAsync(queue))[0]!;
        (await client.SettleAsync(queue, "release", message)).ShouldBe("ok");
        (await client.SettleAsync(queue, "release", message)).ShouldBe("lease-lost");
        (await client.PostAsync(queue + "/messages/release", """{"receipts":["forged"]}"""))
            .Json.ToJsonString()
            .ShouldBe("""{"results":[{"status":"malformed-receipt"}]}""");
        (await client.PostAsync(queue + "/messages/release", """{"receipts":[{"receipt":"x"}],"delaySeconds":1}""")).Fields.ShouldBe(
            ["delaySeconds", "receipts[0]"],
            ignoreOrder: true
        );
        (await client.DequeueAsync(queue))[0]!["deliveryCount"]!.GetValue<int>().ShouldBe(1);
    }

    [Fact]
    public async Task Messages_are_listed_by_status()
    {
        var queue = await client.QueueAsync();
        await client.EnqueueAsync(queue, "first");
        await client.EnqueueAsync(queue, "second");
        (await client.SendAsync(HttpMethod.Post, queue + "/messages?delaySeconds=600", new StringContent("later"))).Status.ShouldBe(
            HttpStatusCode.Created
        );
        var taken = (await client.DequeueAsync(queue, "?visibilityTimeoutSeconds=600"))[0]!;
        var leased = (await ListAsync("?status=leased")).ShouldHaveSingleItem()!;
        leased["messageId"]!.GetValue<string>().ShouldBe(taken["messageId"]!.GetValue<string>());
        leased["visibleAt"]!.GetValue<string>().ShouldBe(taken["visibleAt"]!.GetValue<string>());
        leased["leasedBy"]!.GetValue<string>().Length.ShouldBe(8);
        leased["receipt"].ShouldBeNull();
        (await client.GetAsync($"{queue}/messages/{leased["messageId"]}")).Json["leasedBy"]!
            .GetValue<string>()
            .ShouldBe(leased["leasedBy"]!.GetValue<string>());
        (await ListAsync("?status=ready")).ShouldHaveSingleItem()!["leasedBy"].ShouldBeNull();
        (await ListAsync("")).Count.ShouldBe(1);
        (await ListAsync("?status=scheduled")).ShouldHaveSingleItem()!["body"]!.GetValue<string>().ShouldBe("later");
        (await client.GetAsync(queue + "/messages?status=gone&maxMessages=0")).Fields.ShouldBe(
            ["status", "maxMessages"],
            ignoreOrder: true
        );

        async Task<JsonArray> ListAsync(string query) => (await client.GetAsync(queue + "/messages" + query)).Json["messages"]!.AsArray();
    }

    [Fact]
    public async Task A_message_that_nobody_holds_is_removed_and_one_that_is_leased_stays()
    {
        var queue = await client.QueueAsync();
        var id = await client.EnqueueAsync(queue, "hello");
        var message = (await client.DequeueAsync(queue))[0]!;
        var refused = await client.DeleteAsync($"{queue}/messages/{id}");
        (refused.Status, refused.Code).ShouldBe((HttpStatusCode.Conflict, "message-leased"));
        await client.SettleAsync(queue, "release", message);
        (await client.DeleteAsync($"{queue}/messages/{id}")).Status.ShouldBe(HttpStatusCode.NoContent);
        (await client.DeleteAsync($"{queue}/messages/{id}")).Code.ShouldBe("message-not-found");
        (await client.DequeueAsync(queue)).ShouldBeEmpty();
        (await client.DeleteAsync($"{queue}/messages/none")).Fields.ShouldBe(["messageId"]);
    }

    [Fact]
    public async Task A_dead_letter_is_removed_by_its_own_route()
    {
        var queue = await client.QueueAsync();
        var id = await client.EnqueueAsync(queue, "broken");
        await client.SettleAsync(queue, "deadletter", (await client.DequeueAsync(queue))[0]!);
        (await client.DeleteAsync($"{queue}/messages/{id}")).Code.ShouldBe("message-not-found");
        var held = (await client.DequeueAsync(queue, source: "deadletter"))[0]!;
        (await client.DeleteAsync($"{queue}/deadletter/messages/{id}")).Code.ShouldBe("message-leased");
        await client.SettleAsync(queue, "nack", held, ""","delaySeconds":0""", "deadletter");
        (await client.DeleteAsync($"{queue}/deadletter/messages/{id}")).Status.ShouldBe(HttpStatusCode.NoContent);
        (await client.GetAsync($"{queue}/messages/{id}")).Code.ShouldBe("message-not-found");
    }

    [Fact]
    public async Task Reasons_are_summed_up_most_first()
    {
        var queue = await client.QueueAsync();
        (await client.GetAsync(queue + "/deadletter/reasons")).Json.ToJsonString().ShouldBe("[]");
        await DeadLetterAsync(queue, ("a", "rare"), ("b", "often"), ("c", "often"));
        var answer = await client.GetAsync(queue + "/deadletter/reasons");
        var reasons = answer.Json.AsArray();
        reasons.Select(r => (r!["reason"]!.GetValue<string>(), r["count"]!.GetValue<int>())).ShouldBe([("often", 2), ("rare", 1)]);
        var example = await client.GetAsync($"{queue}/messages/{reasons[1]!["exampleMessageId"]}");
        example.Json["deadLetterReason"]!.GetValue<string>().ShouldBe("rare");
        example.Json["deadLetteredAt"]!.GetValue<string>().ShouldBe(reasons[1]!["oldestAt"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_dry_run_shows_what_a_filter_means_before_it_is_moved_or_dropped()
    {
        var queue = await client.QueueAsync();
        await DeadLetterAsync(queue, ("a", "rare"), ("b", "often"), ("c", "often"), ("d", "often"), ("e", "often"));
        const string often = """{"reason":"often"}""";
        var dry = (await client.PostAsync(queue + "/deadletter/redrive", $$"""{"filter":{{often}},"dryRun":true}""")).Json;
        dry["matching"]!.GetValue<int>().ShouldBe(4);
        dry["examples"]!.AsArray().Count.ShouldBe(3);
        dry["examples"]!.AsArray().ShouldAllBe(m => m!["deadLetterReason"]!.GetValue<string>() == "often");
        (await client.PostAsync(queue + "/deadletter/redrive", $$"""{"filter":{{often}},"maxMessages":1}"""))
            .Json.ToJsonString()
            .ShouldBe("""{"moved":1,"remaining":4}""");
        (await client.PostAsync(queue + "/deadletter/purge", """{"filter":{"attributes":{"kind":["a","b"]}},"dryRun":true}""")).Json[
            "matching"
        ]!
            .GetValue<int>()
            .ShouldBeInRange(1, 2);
        (await client.PostAsync(queue + "/deadletter/purge", $$"""{"filter":{{often}} }"""))
            .Json.ToJsonString()
            .ShouldBe("""{"purged":3,"complete":true}""");
        (await client.PostAsync(queue + "/deadletter/purge", """{"dryRun":true}""")).Json["matching"]!.GetValue<int>().ShouldBe(1);
        (await client.PostAsync(queue + "/purge", """{"filter":{"after":"2020-01-01T00:00:00Z"},"dryRun":true}""")).Json["matching"]!
            .GetValue<int>()
            .ShouldBe(1);
        (await client.PostAsync(queue + "/purge", """{"filter":{"before":"2020-01-01T00:00:00Z"}}"""))
            .Json.ToJsonString()
            .ShouldBe("""{"purged":0,"complete":true}""");
        (await client.CountsAsync(queue)).ShouldBe("""{"ready":1,"leased":0,"scheduled":0,"deadLettered":1}""");
    }

    [Fact]
    public async Task All_faults_of_a_filter_are_told_at_once()
    {
        var queue = await client.QueueAsync();
        var bad = """{"filter":{"reason":1,"before":"noon","colour":"red","attributes":{"kind":"a"}},"dryRun":"yes"}""";
        string[] fields = ["filter.reason", "filter.before", "filter.colour", "filter.attributes.kind", "dryRun"];
        (await client.PostAsync(queue + "/deadletter/redrive", bad)).Fields.ShouldBe(fields, ignoreOrder: true);
        (await client.PostAsync(queue + "/deadletter/purge", bad)).Fields.ShouldBe(fields, ignoreOrder: true);
        (await client.PostAsync(queue + "/purge", """{"filter":{"reason":"x"}}""")).Fields.ShouldBe(["filter.reason"]);
        (await client.PostAsync(queue + "/purge", """{"filter":[]}""")).Fields.ShouldBe(["filter"]);
        var both = $$"""{"messageIds":["{{Guid.NewGuid()}}"],"filter":{} }""";
        (await client.PostAsync(queue + "/deadletter/redrive", both)).Fields.ShouldContain("filter");
    }

    [Fact]
    public async Task A_dead_letter_is_live_again_as_it_is_or_edited()
    {
        var queue = await client.QueueAsync();
        await DeadLetterAsync(queue, ("a", "bad"), ("b", "bad"));
        var dead = (await client.GetAsync(queue + "/deadletter/messages")).Json["messages"]!.AsArray();
        var (first, second) = (IdOf(dead, "a"), IdOf(dead, "b"));
        var answer = await client.PostAsync($"{queue}/deadletter/messages/{first}/resubmit");
        answer.Status.ShouldBe(HttpStatusCode.OK);
        var live = (await client.DequeueAsync(queue))[0]!;
        live["messageId"]!.GetValue<string>().ShouldBe(answer.Json["messageId"]!.GetValue<string>());
        live["body"]!.GetValue<string>().ShouldBe("a");
        live["originalMessageId"]!.GetValue<string>().ShouldBe(first);
        live["deliveryCount"]!.GetValue<int>().ShouldBe(1);
        var edit = """{"body":"mended","contentType":"text/x","attributes":{"kind":"mended"}}""";
        (await client.PostAsync($"{queue}/deadletter/messages/{second}/resubmit", edit)).Status.ShouldBe(HttpStatusCode.OK);
        var mended = (await client.DequeueAsync(queue))[0]!;
        mended["body"]!.GetValue<string>().ShouldBe("mended");
        mended["contentType"]!.GetValue<string>().ShouldBe("text/x");
        mended["attributes"]!.ToJsonString().ShouldBe("""{"kind":"mended"}""");
        mended["originalMessageId"]!.GetValue<string>().ShouldBe(second);
        (await client.PostAsync($"{queue}/deadletter/messages/{second}/resubmit", "{}")).Code.ShouldBe("message-not-found");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"contentType":"text/x"}""")]
    [InlineData("""{"attributes":{"kind":"mended"}}""")]
    [InlineData("""{"to":"TARGET"}""")]
    public async Task What_a_resubmission_does_not_name_stays_as_it_was(string edit)
    {
        var (queue, target) = (await client.QueueAsync(), await client.QueueAsync());
        await DeadLetterAsync(queue, ("a", "bad"));
        var id = (await client.GetAsync(queue + "/deadletter/messages")).Json["messages"]![0]!["messageId"]!.GetValue<string>();
        edit = edit.Replace("TARGET", target[(target.LastIndexOf('/') + 1)..], StringComparison.Ordinal);
        (await client.PostAsync($"{queue}/deadletter/messages/{id}/resubmit", edit)).Status.ShouldBe(HttpStatusCode.OK);
        var live = (await client.DequeueAsync(edit.Contains("\"to\"", StringComparison.Ordinal) ? target : queue))[0]!;
        live["body"]!.GetValue<string>().ShouldBe("a");
    }

    [Fact]
    public async Task A_dead_letter_is_resubmitted_to_another_queue_with_a_long_body()
    {
        var (queue, target) = (await client.QueueAsync(), await client.QueueAsync());
        await DeadLetterAsync(queue, ("a", "bad"));
        var id = (await client.GetAsync(queue + "/deadletter/messages")).Json["messages"]![0]!["messageId"]!.GetValue<string>();
        var body = new byte[100_000];
        new Random(5).NextBytes(body);
        var to = target[(target.LastIndexOf('/') + 1)..];
        var edit = $$"""{"bodyBase64":"{{Convert.ToBase64String(body)}}","to":"{{to}}"}""";
        var held = (await client.DequeueAsync(queue, source: "deadletter"))[0]!;
        (await client.PostAsync($"{queue}/deadletter/messages/{id}/resubmit", edit)).Code.ShouldBe("message-leased");
        await client.SettleAsync(queue, "nack", held, ""","delaySeconds":0""", "deadletter");
        (await client.PostAsync($"{queue}/deadletter/messages/{id}/resubmit", """{"to":"nowhere"}""")).Code.ShouldBe("queue-not-found");
        var answer = await client.PostAsync($"{queue}/deadletter/messages/{id}/resubmit", edit);
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        var message = (await client.DequeueAsync(target))[0]!;
        message["messageId"]!.GetValue<string>().ShouldBe(answer.Json["messageId"]!.GetValue<string>());
        message["contentType"]!.GetValue<string>().ShouldBe(held["contentType"]!.GetValue<string>());
        message["attributes"]!.ToJsonString().ShouldBe("""{"kind":"a"}""");
        (await client.SendAsync(HttpMethod.Get, message["bodyUrl"]!.GetValue<string>())).Bytes.AsSpan().SequenceEqual(body).ShouldBeTrue();
        (await client.CountsAsync(queue)).ShouldBe("""{"ready":0,"leased":0,"scheduled":0,"deadLettered":0}""");
    }

    [Fact]
    public async Task All_faults_of_a_resubmission_are_told_at_once()
    {
        var queue = await client.QueueAsync();
        var bad = """{"body":"a","bodyBase64":"AA==","contentType":"","attributes":{"a":1},"to":"no queue","colour":"red"}""";
        (await client.PostAsync($"{queue}/deadletter/messages/none/resubmit", bad)).Fields.ShouldBe(
            ["messageId", "body", "contentType", "attributes.a", "to", "colour"],
            ignoreOrder: true
        );
        var tooLong = $$"""{"body":"{{new string('x', 5_000_000)}}"}""";
        var id = await client.EnqueueAsync(queue, "live");
        (await client.PostAsync($"{queue}/deadletter/messages/{id}/resubmit", tooLong)).Code.ShouldBe("message-too-large");
    }

    private static string IdOf(JsonArray messages, string body) =>
        messages.Single(m => m!["body"]!.GetValue<string>() == body)!["messageId"]!.GetValue<string>();

    private async Task DeadLetterAsync(string queue, params (string Text, string Reason)[] messages)
    {
        foreach (var (text, reason) in messages)
        {
            await client.EnqueueAsync(queue, System.Text.Encoding.UTF8.GetBytes(text), headers: ("x-attribute-kind", text));
            var message = (await client.DequeueAsync(queue))[0]!;
            (await client.SettleAsync(queue, "deadletter", message, $$""","reason":"{{reason}}" """)).ShouldBe("ok");
        }
    }
}
