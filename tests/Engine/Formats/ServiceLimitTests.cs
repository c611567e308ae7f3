using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Formats;

/// <summary>
/// The largest of everything at once stays within the limits of Table Storage, which <see cref="ServiceLimits"/> holds every request of
/// every test against.
/// </summary>
public sealed class ServiceLimitTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private static readonly Dictionary<string, string> LargeAttributes = Enumerable
        .Range(0, Limits.MaxAttributes)
        .ToDictionary(i => $"{i:d4}", _ => new string('x', (Limits.MaxAttributeBytes / Limits.MaxAttributes) - 4));

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(90)]
    public async Task A_hundred_of_the_largest_messages_that_fit_rows_live_and_die(int perRow)
    {
        var options = Options with { MaxMessagesPerRow = perRow };
        var (engine, other) = (await StartWithQueueAsync(options: options), Start(options));
        var body = new byte[Limits.MaxInlineBodyBytes];
        var ids = await engine.EnqueueAllAsync(
            Enumerable.Range(0, 100).Select(i => new NewMessage { Body = MessageBody.FromBytes(body), Attributes = LargeAttributes })
        );
        var messages = await other.DequeueEverythingAsync();
        messages.Select(m => m.Id()).ShouldBe(ids, ignoreOrder: true);
        (await engine.TrySettleAsync(new Settlement.DeadLetter(new string('ä', Limits.MaxReasonLength)), messages)).Value.ShouldAllBe(s =>
            s.Status == SettleStatus.Ok
        );
        (await other.Engine.RedriveAsync(other.Queue, new RedriveRequest(), Cancellation)).Value.ShouldBe(new Redriven(100, 0));
        var again = await engine.DequeueEverythingAsync();
        again.Count.ShouldBe(100);
        again.ShouldAllBe(m => m.Message.Body!.Value.Length == body.Length && m.Message.Attributes.Count == Limits.MaxAttributes);
        (await other.TrySettleAsync(new Settlement.Ack(), again)).Value.ShouldAllBe(s => s.Status == SettleStatus.Ok);
        (await engine.CountsAsync()).ShouldBe(default);
    }

    [Theory]
    [InlineData("ack")]
    [InlineData("delete")]
    [InlineData("dead-letter")]
    [InlineData("purge")]
    [InlineData("expire")]
    public async Task A_hundred_payloads_are_enqueued_in_one_call_and_end_together(string how)
    {
        var options = Options with { MaxMessagesPerRow = 90 };
        var (engine, other) = (await StartWithQueueAsync(options: options), Start(options));
        var body = MessageBody.FromBytes(new byte[Limits.MaxInlineBodyBytes + 1]);
        await engine.EnqueueAllAsync(
            Enumerable
                .Range(0, 100)
                .Select(i => new NewMessage { Body = body, Attributes = i % 2 == 0 ? LargeAttributes : new Dictionary<string, string>() })
        );
        (await engine.CountsAsync()).Ready.ShouldBe(100);
        switch (how)
        {
            case "ack":
                (await other.TrySettleAsync(new Settlement.Ack(), await engine.DequeueEverythingAsync())).Value.ShouldAllBe(s =>
                    s.Status == SettleStatus.Ok
                );
                break;
            case "delete":
                for (var gone = 0; gone < 100; )
                    gone += (await other.DequeueAsync(100, delete: true)).Count;
                break;
            case "dead-letter":
                (await other.TrySettleAsync(new Settlement.DeadLetter("x"), await engine.DequeueEverythingAsync())).Value.ShouldAllBe(s =>
                    s.Status == SettleStatus.Ok
                );
                break;
            case "purge":
                (await other.Engine.PurgeAsync(other.Queue, MessageSource.Live, Cancellation)).Value.ShouldBe(
                    new Purged(100, Complete: true)
                );
                break;
            case "expire":
                Time.Advance(TimeSpan.FromDays(5));
                (await other.SweepAsync()).Expired.ShouldBe(100);
                break;
        }

        (await engine.CountsAsync()).ShouldBe(new MessageCounts(0, 0, 0, how == "dead-letter" ? 100 : 0));
        Time.Advance(TimeSpan.FromHours(3));
        (await other.SweepAsync()).ShardsFailed.ShouldBe(0);
        (await Blobs.NamesAsync()).Count.ShouldBe(how == "dead-letter" ? 100 : 0);
    }

    [Fact]
    public async Task Concurrent_calls_of_large_and_small_messages_of_every_priority_and_delay_all_come_out()
    {
        var engine = await StartWithQueueAsync();
        var ids = await Task.WhenAll(
            Enumerable
                .Range(0, 300)
                .Select(i =>
                    engine.EnqueueAsync(
                        new NewMessage
                        {
                            Body = MessageBody.FromBytes(new byte[i % 7 == 0 ? Limits.MaxInlineBodyBytes : i]),
                            Attributes = i % 5 == 0 ? LargeAttributes : new Dictionary<string, string>(),
                            Priority = i % 10,
                            Delay = TimeSpan.FromSeconds(i % 30),
                        }
                    )
                )
        );
        Time.Advance(TimeSpan.FromMinutes(1));
        (await Start().DequeueEverythingAsync()).Select(m => m.Id()).ShouldBe(ids, ignoreOrder: true);
    }
}
