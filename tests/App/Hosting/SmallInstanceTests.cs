namespace FuncQueue.App.Tests.Hosting;

/// <summary>An app on a small instance behind a proxy: bodies by length are bounded, links name the proxy.</summary>
public sealed class SmallInstanceTests(AppFixture app)
{
    private const int MiB = 1024 * 1024;

    [Fact]
    public async Task A_body_that_the_host_would_hold_twice_is_refused_by_its_length_and_taken_in_chunks_and_links_name_the_public_address()
    {
        await using var small = await AppProcess.StartAsync(
            app.Environment(
                new() { ["FuncQueue__MaxBodyByLength"] = $"{MiB}", ["FuncQueue__PublicUrl"] = "https://queue.example.com:8443/pre/" }
            )
        );
        var client = new ApiClient(small.Address);
        var queue = await client.QueueAsync();
        var refused = await client.SendAsync(HttpMethod.Post, queue + "/messages", new ByteArrayContent(new byte[MiB + 1]));
        refused.Code.ShouldBe("message-too-large");
        refused.Json["detail"]!.GetValue<string>().ShouldContain($"at most {MiB} bytes here. Send it chunked");
        await client.EnqueueAsync(queue, new byte[MiB]);
        (await client.SendAsync(HttpMethod.Post, queue + "/messages", new Chunked(new byte[2 * MiB]))).Status.ShouldBe(
            HttpStatusCode.Created
        );
        var messages = await client.DequeueAsync(queue, "?maxMessages=2", "messages");
        messages.Count.ShouldBeGreaterThan(0);
        messages[0]!["bodyUrl"]!.GetValue<string>().ShouldStartWith($"https://queue.example.com:8443/pre{queue}/messages/");
        // What a proxy says does not count where the address is known.
        var forwarded = await client.SendAsync(HttpMethod.Get, queue + "/messages", null, ("X-Forwarded-Host", "elsewhere.example"));
        forwarded.Text.ShouldNotContain("elsewhere.example");
    }

    [Theory]
    [InlineData("FuncQueue__PublicUrl", "queue.example.com", "FuncQueue:PublicUrl must be")]
    [InlineData("FuncQueue__PublicUrl", "ftp://queue.example.com", "FuncQueue:PublicUrl must be")]
    [InlineData("FuncQueue__PublicUrl", "https://queue.example.com/?a=b", "FuncQueue:PublicUrl must be")]
    [InlineData("FuncQueue__MaxBodyByLength", "1000", "FuncQueue:MaxBodyByLength must be")]
    [InlineData("FuncQueue__MaxBodyByLength", "104857601", "FuncQueue:MaxBodyByLength must be")]
    public async Task A_setting_out_of_range_is_told_by_its_name(string setting, string value, string says)
    {
        var (exitCode, output) = await AppProcess.RunAsync(app.Environment(new() { [setting] = value }), "--urls", "http://127.0.0.1:0");
        exitCode.ShouldNotBe(0);
        output.ShouldContain(says);
    }

    /// <summary>A body that does not tell its length.</summary>
    private sealed class Chunked(byte[] bytes) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => stream.WriteAsync(bytes).AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
