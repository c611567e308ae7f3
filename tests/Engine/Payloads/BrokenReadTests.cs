using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Payloads;

/// <summary>
/// Storage that fails while a long body is read: told before the answer begins, else a fault of the stream; never a shorter body.
/// </summary>
public sealed class BrokenReadTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private static readonly byte[] Long = [.. Enumerable.Range(0, 9 * 1024 * 1024).Select(i => (byte)(i * 31))];

    private static bool ReadsPayload(StorageRequest request) => request is { IsBlob: true, Method: "GET" };

    [Fact]
    public async Task A_body_whose_beginning_cannot_be_read_is_unavailable()
    {
        var engine = await StartWithQueueAsync();
        var id = await engine.EnqueueAsync(new NewMessage { Body = MessageBody.FromBytes(Long) });
        engine.Faults.Refuse(ReadsPayload, int.MaxValue);
        (await engine.Engine.OpenBodyAsync(engine.Queue, id, Cancellation)).Failure.ShouldBeOfType<Failure.StorageUnavailable>();
        engine.Faults.Clear();
        (await engine.ReadBodyAsync(id)).ShouldBe(Long);
    }

    [Fact]
    public async Task A_body_whose_rest_cannot_be_read_breaks_off_with_a_fault()
    {
        var engine = await StartWithQueueAsync();
        var id = await engine.EnqueueAsync(new NewMessage { Body = MessageBody.FromBytes(Long) });
        await using var body = (await engine.Engine.OpenBodyAsync(engine.Queue, id, Cancellation)).Value;
        engine.Faults.Refuse(ReadsPayload, int.MaxValue);
        using var copy = new MemoryStream();
        await Should.ThrowAsync<IOException>(() => body.Content.CopyToAsync(copy, Cancellation));
        copy.Length.ShouldBeLessThan(Long.Length);
    }
}
