using System.Text;

namespace FuncQueue.App.Tests;

/// <summary>What tests of CloudEvents share.</summary>
public abstract class CloudEventTest(AppFixture app)
{
    private protected const string Structured = "application/cloudevents+json";
    private protected const string Batch = "application/cloudevents-batch+json";

    private protected static readonly (string, string) AsEvents = ("Accept", Structured);

    private protected ApiClient Client => app.Client;

    private protected async Task<string> TopicAsync(string settings = "{}")
    {
        var topic = "/topics/events-" + Guid.NewGuid().ToString("N")[..12];
        (await Client.PutAsync(topic, settings)).Status.ShouldBe(HttpStatusCode.Created);
        return topic;
    }

    private protected static string Event(string id, string type = "t") =>
        $$$"""{"specversion":"1.0","id":"{{{id}}}","source":"urn:shop","type":"{{{type}}}","data":{"id":"{{{id}}}"}}""";

    private protected static string Keyed(string id, string key) =>
        $$"""{"specversion":"1.0","id":"{{id}}","source":"urn:shop","type":"t","partitionkey":"{{key}}","data":1}""";

    private protected Task<Answer> PostAsync(string url, string body, string contentType)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        return Client.SendAsync(HttpMethod.Post, url, content);
    }

    private protected async Task<JsonArray> EventsAsync(string queue, string query = "") =>
        (await Client.SendAsync(HttpMethod.Post, queue + "/messages/dequeue" + query, null, AsEvents)).Json["messages"]!.AsArray();

    private protected static string Text(JsonNode json, string name) => json[name]!.GetValue<string>();
}
