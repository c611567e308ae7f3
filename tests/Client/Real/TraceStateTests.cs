using System.Diagnostics;

namespace FuncQueue.Client.Tests.Real;

/// <summary>What vendors have said of a trace goes with a message, as does the trace.</summary>
public sealed class TraceStateTests(AppFixture app) : IDisposable
{
    private const string Said = "vendor=1,other=2";

    private readonly Activity activity = new Activity("of the caller").SetIdFormat(ActivityIdFormat.W3C);

    [Theory]
    [InlineData(1, 10)]
    [InlineData(5, 10)]
    [InlineData(1, 1_500_000)]
    public async Task A_message_sent_alone_with_others_or_as_a_body_of_its_own_has_the_callers_trace_and_its_state(int count, int size)
    {
        await using var client = app.Client();
        var queue = await app.QueueAsync();
        var sender = client.CreateSender(queue);
        Start();
        await Task.WhenAll(
            Enumerable.Range(0, count).Select(_ => sender.SendAsync(new FuncQueueMessage(BinaryData.FromBytes(new byte[size]))))
        );
        Activity.Current = null;
        var received = await client.CreateReceiver(queue).ReceiveAsync(10);
        received.Count.ShouldBe(count);
        received.ShouldAllBe(message => message.TraceState == Said && message.TraceParent!.Contains($"{activity.TraceId}"));
    }

    [Theory]
    [InlineData(1, 10)]
    [InlineData(5, 10)]
    [InlineData(1, 1_500_000)]
    public async Task So_has_a_record_that_is_published(int count, int size)
    {
        await using var client = app.Client();
        var topic = await app.TopicAsync();
        var publisher = client.CreatePublisher(topic);
        Start();
        await Task.WhenAll(
            Enumerable.Range(0, count).Select(_ => publisher.PublishAsync(new TopicMessage(BinaryData.FromBytes(new byte[size]))))
        );
        Activity.Current = null;
        var (records, _) = await client.Administration.Topics.ReadAsync(topic, 0);
        records.Count.ShouldBe(count);
        records.ShouldAllBe(record => record.TraceState == Said && record.TraceParent!.Contains($"{activity.TraceId}"));
    }

    [Fact]
    public async Task Without_a_trace_there_is_no_state()
    {
        await using var client = app.Client();
        var queue = await app.QueueAsync();
        Activity.Current = null;
        await client.CreateSender(queue).SendAsync("m");
        (await client.CreateReceiver(queue).ReceiveAsync()).ShouldHaveSingleItem().TraceState.ShouldBeNull();
    }

    public void Dispose() => activity.Dispose();

    private void Start()
    {
        activity.TraceStateString = Said;
        activity.Start();
    }
}
