using System.Text;

namespace FuncQueue.App.Tests;

/// <summary>
/// Messages that look like events of CloudEvents and are none: who asks for events gets all of them, none is lost on the way.
/// </summary>
public sealed class HostileEventTests(AppFixture app)
{
    private static readonly string[] Names =
    [
        "ce-",
        "ce-id",
        "ce-source",
        "ce-type",
        "ce-time",
        "ce-subject",
        "ce-specversion",
        "ce-datacontenttype",
        "ce-dataschema",
        "ce-data",
        "ce-dataref",
        "ce-data_base64",
        "ce-own",
        "ce-\u00e4",
        "ce-with-dash",
        "ce-UPPER",
    ];

    private static readonly string[] Values =
    [
        "",
        " ",
        "x",
        "1.0",
        "0.3",
        "\u0000",
        "\u001b",
        "\ufffe",
        "\u202eabc",
        "https://[",
        "%zz",
        "yesterday",
        "9999-99-99T99:99:99Z",
        "2026-01-31T12:00:00+99:99",
        "\U0001F44B",
        "\"}",
    ];

    [Fact]
    public async Task Whatever_stands_in_attributes_that_begin_as_those_of_events_every_message_is_given_back()
    {
        var queue = await app.Client.QueueAsync();
        foreach (var value in Values)
        {
            var messages = new JsonArray();
            foreach (var name in Names)
                messages.Add(
                    new JsonObject
                    {
                        ["body"] = "x",
                        ["attributes"] = new JsonObject { [name] = value },
                    }
                );
            messages.Add(
                new JsonObject
                {
                    ["body"] = "x",
                    ["attributes"] = new JsonObject(Names.Select(n => KeyValuePair.Create(n, (JsonNode?)value))),
                }
            );
            var answer = await app.Client.PostAsync(queue + "/messages/batch", new JsonObject { ["messages"] = messages }.ToJsonString());
            if (answer.Status == HttpStatusCode.BadRequest)
                continue;
            answer.Json["results"]!.AsArray().Count.ShouldBe(messages.Count);
            var given = await ReceiveAsync(queue, messages.Count);
            given.ShouldAllBe(m => m["event"]!["data"]!.GetValue<string>() == "x" && m["event"]!["source"]!.GetValue<string>() != "");
        }
    }

    [Theory]
    [InlineData("application/json", "{\"a\":1,\"a\":2}")]
    [InlineData("application/json", "{\"\\ud800\":1,\"b\":2}")]
    [InlineData("application/json", "\"\\ud800\"")]
    [InlineData("application/json", "{} {}")]
    [InlineData("application/json", "{}}")]
    [InlineData("application/json", "\ufeff{}")]
    [InlineData("application/json", "// no\n1")]
    [InlineData("application/vnd.own+json; charset=utf-8", "nonsense")]
    [InlineData("text/plain; charset=utf-16", "x")]
    [InlineData("no type", "x")]
    [InlineData(";", "x")]
    [InlineData("application/cloudevents", "x")]
    public async Task Whatever_a_body_says_it_is_its_bytes_come_back(string contentType, string body) =>
        await RoundTripAsync(contentType, Encoding.UTF8.GetBytes(body));

    [Fact]
    public async Task Bytes_that_are_no_text_and_JSON_that_is_deep_come_back()
    {
        await RoundTripAsync("application/json", [(byte)'"', 0xff, (byte)'"']);
        await RoundTripAsync("text/plain", [0xff, 0xfe]);
        foreach (var depth in new[] { 48, 49, 64, 999, 1000, 1001, 10_000 })
            await RoundTripAsync("application/json", Encoding.UTF8.GetBytes(new string('[', depth) + new string(']', depth)));
    }

    private async Task RoundTripAsync(string contentType, byte[] body)
    {
        var queue = await app.Client.QueueAsync();
        var content = new JsonObject { ["bodyBase64"] = Convert.ToBase64String(body), ["contentType"] = contentType };
        var sent = await app.Client.PostAsync(
            queue + "/messages/batch",
            new JsonObject { ["messages"] = new JsonArray(content) }.ToJsonString()
        );
        if (sent.Status == HttpStatusCode.BadRequest)
            return;
        var given = await app.Client.SendAsync(
            HttpMethod.Post,
            queue + "/messages/dequeue?mode=delete",
            null,
            ("Accept", "application/cloudevents+json")
        );
        // A reader with the usual bound of 64 levels reads all of it.
        using var document = System.Text.Json.JsonDocument.Parse(given.Bytes);
        var cloudEvent = document.RootElement.GetProperty("messages")[0].GetProperty("event");
        var back =
            cloudEvent.TryGetProperty("data_base64", out var bytes) ? bytes.GetBytesFromBase64()
            : contentType.Contains("json", StringComparison.Ordinal) ? Encoding.UTF8.GetBytes(cloudEvent.GetProperty("data").GetRawText())
            : Encoding.UTF8.GetBytes(cloudEvent.GetProperty("data").GetString()!);
        back.ShouldBe(body);
    }

    private async Task<List<JsonNode>> ReceiveAsync(string queue, int count)
    {
        var given = new List<JsonNode>();
        while (given.Count < count)
        {
            var answer = await app.Client.SendAsync(
                HttpMethod.Post,
                queue + "/messages/dequeue?mode=delete&maxMessages=100&waitSeconds=20",
                null,
                ("Accept", "application/cloudevents+json")
            );
            var messages = answer.Json["messages"]!.AsArray();
            messages.Count.ShouldBeGreaterThan(0, "nothing was lost");
            given.AddRange(messages.Select(m => m!));
        }

        return given;
    }
}
