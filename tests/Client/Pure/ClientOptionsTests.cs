namespace FuncQueue.Client.Tests.Pure;

public sealed class ClientOptionsTests
{
    /// <summary>What no header can carry is told at once, rather than as an answer that was lost.</summary>
    [Theory]
    [InlineData("fq_…")]
    [InlineData("fq_key\n")]
    [InlineData("fq key")]
    public void A_key_that_cannot_be_sent_is_refused(string key) =>
        Should.Throw<ArgumentException>(() => new FuncQueueClient(new Uri("http://127.0.0.1:1"), key)).Message.ShouldContain("ASCII");

    /// <summary>As of a setting, or a variable of the environment, that somebody left empty.</summary>
    [Fact]
    public async Task An_empty_key_is_none()
    {
        var server = new Anonymous();
        await using var client = new FuncQueueClient(new Uri("http://fake"), "", new FuncQueueClientOptions { Handler = server });
        await client.Administration.DeleteQueueAsync("q");
        server.Shown.ShouldBe([null]);
    }

    /// <summary>Notes what it is shown.</summary>
    private sealed class Anonymous : HttpMessageHandler
    {
        public List<string?> Shown { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Shown.Add(request.Headers.Authorization?.ToString());
            return Task.FromResult(new HttpResponseMessage(System.Net.HttpStatusCode.NoContent));
        }
    }
}
