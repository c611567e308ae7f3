using FuncQueue.Engine;
using FuncQueue.Functions.Http;
using Microsoft.AspNetCore.Http;

namespace FuncQueue.App.Tests;

/// <summary>Links lead back to where the caller came in, whatever stands in between.</summary>
public sealed class LinkTests(AppFixture app)
{
    [Theory]
    [InlineData("/queues/a/messages/dequeue", null, null, "http://10.0.0.1:5000/queues/a")]
    [InlineData("/queues/a/messages/dequeue", "https", "queue.example.com", "https://queue.example.com/queues/a")]
    [InlineData("/queues/a/messages/dequeue", "https, http", "queue.example.com:8443, 10.0.0.7", "https://queue.example.com:8443/queues/a")]
    [InlineData("/queues/a/messages/dequeue", "javascript", "", "http://10.0.0.1:5000/queues/a")]
    [InlineData("/queues/queues/messages/dequeue", null, null, "http://10.0.0.1:5000/queues/a")]
    [InlineData("/api/queues/a/deadletter/messages", null, null, "http://10.0.0.1:5000/api/queues/a")]
    [InlineData("/api/v1/Queues/a/messages", "https", "x.example", "https://x.example/api/v1/queues/a")]
    public void The_address_of_a_queue_is_the_callers_own(string path, string? scheme, string? host, string url)
    {
        var request = new DefaultHttpContext().Request;
        (request.Scheme, request.Host, request.Path) = ("http", new HostString("10.0.0.1", 5000), path);
        if (scheme is not null)
            request.Headers["X-Forwarded-Proto"] = scheme;
        if (host is not null)
            request.Headers["X-Forwarded-Host"] = host;
        MessageJson.QueueUrl(request, QueueName.TryParse("a", out var name) ? name : throw new InvalidOperationException()).ShouldBe(url);
    }

    [Fact]
    public async Task The_bodyUrl_of_a_request_that_was_forwarded_is_that_of_the_one_before()
    {
        var queue = await app.Client.QueueAsync();
        await app.Client.EnqueueAsync(queue, new byte[100_000]);
        var answer = await app.Client.SendAsync(
            HttpMethod.Post,
            queue + "/messages/dequeue",
            null,
            ("X-Forwarded-Proto", "https"),
            ("X-Forwarded-Host", "queue.example.com")
        );
        answer.Json["messages"]![0]!["bodyUrl"]!.GetValue<string>().ShouldStartWith($"https://queue.example.com{queue}/messages/");
    }
}
