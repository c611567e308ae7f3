namespace FuncQueue.Client.Tests.Pure;

public sealed class ClientOptionsTests
{
    /// <summary>What no header can carry is told at once, rather than as an answer that was lost.</summary>
    [Theory]
    [InlineData("fq_…")]
    [InlineData("fq_key\n")]
    [InlineData("fq key")]
    [InlineData("")]
    public void A_key_that_cannot_be_sent_is_refused(string key) =>
        Should.Throw<ArgumentException>(() => new FuncQueueClient(new Uri("http://127.0.0.1:1"), key)).Message.ShouldContain("ASCII");
}
