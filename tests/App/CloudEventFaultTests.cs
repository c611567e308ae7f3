namespace FuncQueue.App.Tests;

/// <summary>What is no event of CloudEvents, or is sent to the wrong route, is told all that is wrong with it.</summary>
public sealed class CloudEventFaultTests(AppFixture app) : CloudEventTest(app)
{
    [Theory]
    [InlineData(Structured, "{}")]
    [InlineData(Structured, "[]")]
    [InlineData(Structured, "")]
    [InlineData(Structured, """{"specversion":"1.0","id":"7","source":"x"}""")]
    [InlineData(Structured, """{"specversion":"0.3","id":"7","source":"x","type":"t"}""")]
    [InlineData(Structured, """{"specversion":"1.0","id":"7","source":"x","type":"t","data":1,"data_base64":"AA=="}""")]
    [InlineData(Structured, """{"specversion":"1.0","id":"7","source":"x","type":"t","time":"yesterday"}""")]
    [InlineData(Structured, """{"specversion":"1.0","id":"\ud800","source":"x","type":"t"}""")]
    [InlineData(Structured, """{"specversion":"1.0","id":"7","source":"x","type":"t","BAD":"x"}""")]
    [InlineData("application/cloudevents+avro", "x")]
    [InlineData(Batch, "[]")]
    public async Task What_is_no_event_is_refused(string contentType, string body)
    {
        var queue = await Client.QueueAsync();
        var answer = await PostAsync(queue + "/messages", body, contentType);
        (answer.Status, answer.Code).ShouldBe((HttpStatusCode.BadRequest, "invalid-request"), answer.Text);
        if (contentType == Batch)
            (await PostAsync(queue + "/messages/batch", body, contentType)).Code.ShouldBe("invalid-request");
    }

    [Fact]
    public async Task All_faults_of_an_event_in_binary_mode_are_told_at_once()
    {
        var queue = await Client.QueueAsync();
        var answer = await Client.SendAsync(
            HttpMethod.Post,
            queue + "/messages",
            new StringContent("x"),
            ("ce-specversion", "2.0"),
            ("ce-time", "yesterday"),
            ("ce-id", "7")
        );
        answer.Code.ShouldBe("invalid-request");
        foreach (var field in new[] { "ce-specversion", "ce-time", "ce-source", "ce-type" })
            answer.Text.ShouldContain(field);
    }

    [Theory]
    [InlineData(Structured, "/messages?priority=10", """{"specversion":"1","source":"","type":"t","BAD":"x","time":"yesterday"}""")]
    [InlineData(
        Batch,
        "/messages/batch?priority=10",
        """[{"specversion":"1","source":"","type":"t","BAD":"x","time":"yesterday"},7,{"specversion":"1.0"}]"""
    )]
    public async Task All_faults_of_events_in_JSON_are_told_at_once(string contentType, string route, string body)
    {
        var one = contentType == Structured;
        string[] fields = ["specversion", "id", "source", "BAD", "time"];
        string[] expected = one ? [.. fields, "priority"] : [.. fields.Select(f => "[0]." + f), "[1]", "[2].id", "[2].source", "[2].type"];
        foreach (var path in new[] { await Client.QueueAsync(), await TopicAsync() })
        {
            var answer = await PostAsync(path + route, body, contentType);
            answer.Code.ShouldBe("invalid-request");
            answer.Json["errors"]!.AsArray().Select(e => Text(e!, "field")).ShouldBe(expected, ignoreOrder: true, answer.Text);
        }
    }

    [Theory]
    [InlineData(Structured, "/messages/batch")]
    [InlineData("application/cloudevents-batch+avro", "/messages/batch")]
    [InlineData("application/cloudevents+xml", "/messages")]
    [InlineData(Batch, "/messages")]
    public async Task Events_at_the_wrong_route_or_in_another_format_are_told_the_right_one(string contentType, string route)
    {
        foreach (var path in new[] { await Client.QueueAsync(), await TopicAsync() })
        {
            var answer = await PostAsync(path + route, Event("7"), contentType);
            answer.Code.ShouldBe("invalid-request");
            answer.Json["errors"]!.AsArray().Select(e => Text(e!, "field")).ShouldContain("Content-Type", answer.Text);
        }
    }

    [Fact]
    public async Task What_the_query_says_of_batches_counts_for_those_of_events_alone()
    {
        var (queue, topic) = (await Client.QueueAsync(), await TopicAsync());
        foreach (var route in new[] { queue + "/messages/batch?priority=1", topic + "/messages/batch?key=k&atomic=true" })
            (await Client.PostAsync(route, """{"messages":[{"body":"x"}]}""")).Code.ShouldBe("invalid-request");
        (await PostAsync(topic + "/messages/batch?expectedOffset=0", $"[{Event("7")}]", Batch)).Code.ShouldBe("invalid-request");
        (await PostAsync(topic + "/messages/batch?atomic=true", $"[{Event("7")}]", Batch)).Code.ShouldBe("invalid-request");
    }
}
