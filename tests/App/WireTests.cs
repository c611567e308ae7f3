using System.Text;

namespace FuncQueue.App.Tests;

/// <summary>
/// What the HTTP API takes and gives on the wire beside the verbs themselves: methods, routes, ids, values of single receipts, names.
/// </summary>
public sealed class WireTests(AppFixture app)
{
    private readonly ApiClient client = app.Client;

    [Theory]
    [InlineData("/health")]
    [InlineData("/openapi.json")]
    [InlineData("/")]
    [InlineData("/queues")]
    [InlineData("QUEUE")]
    [InlineData("QUEUE/messages")]
    [InlineData("QUEUE/scheduled")]
    [InlineData("QUEUE/groups")]
    [InlineData("QUEUE/deadletter/messages")]
    [InlineData("QUEUE/messages/ID")]
    [InlineData("QUEUE/messages/ID/body")]
    [InlineData("QUEUE/messages/ID/body?colour=red")]
    [InlineData("/queues/nobody-made-this")]
    public async Task HEAD_answers_as_GET_does_without_the_body(string url)
    {
        if (url.StartsWith("QUEUE", StringComparison.Ordinal))
        {
            var queue = await client.QueueAsync();
            url = queue + url["QUEUE".Length..].Replace("ID", await client.EnqueueAsync(queue, "x"), StringComparison.Ordinal);
        }

        var get = await client.GetAsync(url);
        var head = await client.SendAsync(HttpMethod.Head, url);
        (head.Status, head.ContentHeaders.ContentType).ShouldBe((get.Status, get.ContentHeaders.ContentType));
        head.Bytes.ShouldBeEmpty();
        (get.Headers.ETag is null).ShouldBe(head.Headers.ETag is null);
    }

    [Theory]
    [InlineData("PATCH", "/queues/a", "DELETE, GET, HEAD, PUT")]
    [InlineData("POST", "/queues", "GET, HEAD")]
    [InlineData("DELETE", "/queues/a/messages", "GET, HEAD, POST")]
    [InlineData("PUT", "/queues/a/messages/ack", "DELETE, GET, HEAD, POST")]
    [InlineData("GET", "/queues/a/purge", "POST")]
    [InlineData("DELETE", "/health", "GET, HEAD")]
    [InlineData("PUT", "/", "GET, HEAD, POST")]
    [InlineData("DELETE", "/sqs", "GET, HEAD, POST")]
    [InlineData("DELETE", "/000000000000/a", "GET, HEAD, POST")]
    [InlineData("PROPFIND", "/queues/a", "DELETE, GET, HEAD, PUT")]
    public async Task A_method_that_a_route_does_not_take_is_405_with_those_that_it_takes(string method, string url, string allowed)
    {
        var answer = await client.SendAsync(new HttpMethod(method), url);
        (answer.Status, answer.Code).ShouldBe((HttpStatusCode.MethodNotAllowed, "method-not-allowed"));
        string.Join(", ", answer.ContentHeaders.Allow).ShouldBe(allowed);
    }

    [Theory]
    [InlineData("GET", "/api/queues")]
    [InlineData("POST", "/queues/a/deadletter/deadletter")]
    [InlineData("GET", "/11111111111/a")]
    [InlineData("GET", "/0000000000000/a")]
    [InlineData("GET", "/abcdefghijkl/a")]
    [InlineData("DELETE", "/-00000000001/a")]
    [InlineData("POST", "/nowhere/at/all")]
    public async Task A_route_that_there_is_not_is_a_problem(string method, string url)
    {
        var answer = await client.SendAsync(new HttpMethod(method), url, method == "POST" ? new StringContent("Actions=x") : null);
        (answer.Status, answer.Code).ShouldBe((HttpStatusCode.NotFound, "not-found"));
    }

    [Fact]
    public async Task The_deduplication_id_is_handed_back_with_the_message()
    {
        var queue = await client.QueueAsync();
        await client.SendAsync(HttpMethod.Post, queue + "/messages?deduplicationId=one", new StringContent("a"));
        await client.SendAsync(HttpMethod.Post, queue + "/messages", new StringContent("b"), ("Idempotency-Key", "two"));
        await client.PostAsync(queue + "/messages/batch", """{"messages":[{"body":"c","deduplicationId":"three"},{"body":"d"}]}""");
        (await client.GetAsync(queue + "/messages")).Json["messages"]!
            .AsArray()
            .ToDictionary(m => m!["body"]!.GetValue<string>(), m => m!["deduplicationId"]?.GetValue<string>())
            .ShouldBe(
                new Dictionary<string, string?>
                {
                    ["a"] = "one",
                    ["b"] = "two",
                    ["c"] = "three",
                    ["d"] = null,
                },
                ignoreOrder: true
            );
        (await client.DequeueAsync(queue, "?maxMessages=10")).Count(m => m!["deduplicationId"] is not null).ShouldBe(3);
    }

    [Fact]
    public async Task Each_receipt_may_have_values_of_its_own_beside_those_for_all()
    {
        var queue = await client.QueueAsync("""{"maxDeliveryCount":2}""");
        await client.PostAsync(queue + "/messages/batch", """{"messages":[{"body":"a"},{"body":"b"},{"body":"c"}]}""");
        var (a, b, c) = await LeaseAsync();
        var extended = await client.PostAsync(
            queue + "/messages/extend",
            $$"""{"receipts":[{{a}},{"receipt":{{b}},"visibilityTimeoutSeconds":7200},{"receipt":{{c}}},{"receipt":"none"},"none"],"visibilityTimeoutSeconds":600}"""
        );
        extended.Json["results"]!
            .AsArray()
            .Select(r => r!["status"]!.GetValue<string>())
            .ShouldBe(["ok", "ok", "ok", "malformed-receipt", "malformed-receipt"]);
        var ends = extended.Json["results"]!
            .AsArray()
            .Take(3)
            .Select(r => DateTimeOffset.Parse(r!["visibleAt"]!.GetValue<string>()))
            .ToList();
        (ends[1] - ends[0]).TotalSeconds.ShouldBe(6600, tolerance: 60);
        (ends[2] - ends[0]).TotalSeconds.ShouldBe(0, tolerance: 60);
        (
            await client.PostAsync(
                queue + "/messages/nack",
                $$"""{"receipts":[{"receipt":{{a}},"delaySeconds":0},{"receipt":{{b}},"delaySeconds":0},{{c}}]}"""
            )
        ).Status.ShouldBe(HttpStatusCode.OK);
        (a, b, c) = await LeaseAsync();
        // At the last delivery they die, each with its own reason.
        await client.PostAsync(queue + "/messages/nack", $$"""{"receipts":[{"receipt":{{a}},"reason":"mine"},{{b}}],"reason":"ours"}""");
        await client.PostAsync(queue + "/messages/deadletter", $$"""{"receipts":[{"receipt":{{c}},"reason":"his"}]}""");
        (await client.GetAsync(queue + "/deadletter/messages")).Json["messages"]!
            .AsArray()
            .Select(m => m!["deadLetterReason"]!.GetValue<string>())
            .ShouldBe(["mine", "ours", "his"], ignoreOrder: true);
        var dead = await client.DequeueAsync(queue, source: "deadletter");
        (
            await client.PostAsync(
                queue + "/deadletter/nack",
                $$"""{"receipts":[{"receipt":"{{dead[0]!["receipt"]}}","delaySeconds":5}]}"""
            )
        ).Json["results"]![0]!["status"]!
            .GetValue<string>()
            .ShouldBe("ok");

        async Task<(string, string, string)> LeaseAsync()
        {
            var messages = await client.DequeueAsync(queue, "?maxMessages=3&waitSeconds=20");
            messages.Count.ShouldBe(3);
            var receipts = messages
                .OrderBy(m => m!["body"]!.GetValue<string>(), StringComparer.Ordinal)
                .Select(m => m!["receipt"]!.ToJsonString())
                .ToList();
            return (receipts[0], receipts[1], receipts[2]);
        }
    }

    [Theory]
    [InlineData("Contoso.Orders.v2")]
    [InlineData("a.b.fifo")]
    public async Task A_name_may_have_dots_inside_and_SQS_serves_such_a_queue_but_makes_none(string name)
    {
        name = $"{Guid.NewGuid():N}.{name}";
        var path = "/queues/" + name;
        (await client.PutAsync(path, name.EndsWith(".fifo", StringComparison.Ordinal) ? """{"type":"fifo"}""" : "{}")).Status.ShouldBe(
            HttpStatusCode.Created
        );
        (await client.SendAsync(HttpMethod.Post, path + "/messages?groupId=g", new StringContent("x"))).Status.ShouldBe(
            HttpStatusCode.Created
        );
        (await client.GetAsync("/queues?prefix=" + name[..34])).Json["queues"]!.AsArray().ShouldHaveSingleItem()!["name"]!
            .GetValue<string>()
            .ShouldBe(name);
        using var received = await client.Http.GetAsync(new Uri($"/000000000000/{name}?Action=ReceiveMessage", UriKind.Relative));
        (await received.Content.ReadAsStringAsync()).ShouldContain("<Body>x</Body>");
        using var created = await client.Http.GetAsync(new Uri($"/?Action=CreateQueue&QueueName={name}x", UriKind.Relative));
        created.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await client.DeleteAsync(path)).Status.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task A_form_that_names_an_action_is_answered_as_AWS_would_wherever_it_is_sent()
    {
        using var content = new StringContent("Action=SendMessage&MessageBody=x", Encoding.UTF8, "application/x-www-form-urlencoded");
        using var answer = await client.Http.PostAsync(new Uri("/nowhere", UriKind.Relative), content);
        (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType).ShouldBe((HttpStatusCode.BadRequest, "text/xml"));
    }
}
