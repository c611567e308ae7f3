using System.Text;
using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.DeadLetters;

/// <summary>A test of one dead letter that is made live again.</summary>
public abstract class ResubmitTest(AzuriteFixture azurite) : EngineTest(azurite)
{
    protected static readonly QueueName Target = TestEngine.Name("target");

    protected static string LongText => new('x', Limits.MaxInlineBodyBytes + 1);

    protected async Task<MessageId?> ExpectOneAsync(TestEngine engine, MessageId id, bool toAnother) =>
        await ExpectOneAsync(engine, id, toAnother, LongText, LongText + "!");

    /// <summary>It is a dead letter as it was, or live as it was to be; the live one's id.</summary>
    protected static async Task<MessageId?> ExpectOneAsync(TestEngine engine, MessageId id, bool toAnother, string was, string edited)
    {
        var dead = await engine.PeekEverythingAsync(MessageSource.DeadLetters);
        var source = engine.Queue;
        foreach (var message in dead)
        {
            message.MessageId.ShouldBe(id);
            Encoding.UTF8.GetString(await engine.ReadBodyAsync(id)).ShouldBe(was);
        }

        engine.Queue = toAnother ? Target : source;
        var live = await engine.PeekEverythingAsync();
        (dead.Count + live.Count).ShouldBe(1);
        foreach (var message in live)
        {
            message.OriginalMessageId.ShouldBe(id);
            Encoding.UTF8.GetString(await engine.ReadBodyAsync(message.MessageId)).ShouldBe(edited);
        }

        engine.Queue = source;
        return live.Count == 0 ? null : live[0].MessageId;
    }

    protected async Task<(TestEngine Engine, TestEngine Other)> StartBothAsync(bool fifo = false)
    {
        var settings = new QueueSettingsChange { Type = fifo ? QueueType.Fifo : QueueType.Standard, MessageTimeToLive = (TimeSpan?)null };
        var engine = await StartWithQueueAsync(settings);
        (await engine.Engine.PutQueueAsync(Target, settings, default, Cancellation)).Failure.ShouldBeNull();
        return (engine, Start());
    }

    protected async Task SweepLaterAsync(TestEngine engine)
    {
        for (var pass = 0; pass < 2; pass++)
        {
            Time.Advance(TimeSpan.FromHours(2));
            await engine.SweepAsync(everything: true);
        }
    }

    protected static Resubmission Edited(string text, bool toAnother) =>
        new()
        {
            Body = Encoding.UTF8.GetBytes(text),
            Attributes = new Dictionary<string, string> { ["mended"] = "yes" },
            To = toAnother ? Target : null,
        };

    protected static async Task<MessageId> DeadLetterAsync(TestEngine engine, NewMessage message)
    {
        var id = await engine.EnqueueAsync(message);
        (await engine.DeadLetterAsync(await engine.DequeueOneAsync())).ShouldBe(SettleStatus.Ok);
        return id;
    }

    protected static Task<Outcome<MessageId>> ResubmitAsync(TestEngine engine, MessageId id, Resubmission asked) =>
        engine.Operations.ResubmitAsync(engine.Queue, id, asked, Cancellation).WithinPatienceAsync();
}
