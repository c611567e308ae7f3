using FuncQueue.Worker.Tests.Support;

namespace FuncQueue.Worker.Tests.Hosting;

/// <summary>Bodies as large as they may be, and larger, on the way through the host and the worker's own server.</summary>
public sealed class LargeBodyTests(WorkerFixture app)
{
    private const int Largest = 100 * 1024 * 1024;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_of_exactly_100_MiB_is_stored_and_read_back(bool chunked)
    {
        var queue = await app.Client.QueueAsync();
        var body = new byte[Largest];
        new Random(11).NextBytes(body);
        (await SendAsync(queue, body, chunked)).Status.ShouldBe(HttpStatusCode.Created);
        var message = (await app.Client.DequeueAsync(queue))[0]!;
        using var response = await app.Client.Http.GetAsync(
            message["bodyUrl"]!.GetValue<string>(),
            HttpCompletionOption.ResponseHeadersRead
        );
        response.Content.Headers.ContentLength.ShouldBe(Largest);
        (await response.Content.ReadAsByteArrayAsync()).AsSpan().SequenceEqual(body).ShouldBeTrue();
        (await app.Client.SettleAsync(queue, "ack", message)).ShouldBe("ok");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_byte_more_is_a_problem_with_413(bool chunked)
    {
        var queue = await app.Client.QueueAsync();
        var answer = await SendAsync(queue, new byte[Largest + 1], chunked);
        answer.Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        answer.ContentHeaders.ContentType!.MediaType.ShouldBe("application/problem+json");
        answer.Code.ShouldBe("message-too-large");
        (await app.Client.CountsAsync(queue)).ShouldContain("\"ready\":0,");
    }

    private async Task<Answer> SendAsync(string queue, byte[] body, bool chunked) =>
        await app.Client.SendAsync(
            HttpMethod.Post,
            queue + "/messages",
            chunked ? new StreamContent(new Unmeasured(body)) : new ByteArrayContent(body)
        );

    /// <summary>Bytes of a length that is not told.</summary>
    private sealed class Unmeasured(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
