using FuncQueue.Engine.Tests.Support;
using FuncQueue.Engine.Topics;
using FuncQueue.Engine.Topics.Filters;

namespace FuncQueue.Engine.Tests.Topics.Forwarding;

/// <summary>A body that lies in a blob is copied to each queue, by storage itself.</summary>
public sealed class PayloadForwardTests(AzuriteFixture azurite) : ForwardingTest(azurite)
{
    private static readonly byte[] Long = [.. Enumerable.Range(0, 200_000).Select(i => (byte)i)];

    [Fact]
    public async Task Records_with_and_without_payloads_arrive_in_their_order_with_their_bodies()
    {
        var engine = await StartWithTopicAsync();
        await SubscribeAsync(engine, "orders.fifo", settings: new QueueSettingsChange { Type = QueueType.Fifo });
        for (var i = 0; i < 12; i++)
            await PublishAsync(engine, i % 3 == 0 ? Text($"{i}") : Payload(i));
        await AllArriveAsync(engine, "orders.fifo");
        engine.Queue = TestEngine.Name("orders.fifo");
        var messages = await engine.DequeueAsync(100);
        messages.Select(m => m.Message.Source!.Offset).ShouldBe(Enumerable.Range(0, 12).Select(i => (long)i));
        foreach (var message in messages.Where(m => m.Message.Body is null))
            (await engine.ReadBodyAsync(message.Id())).ShouldBe([(byte)message.Message.Source!.Offset, .. Long]);
        messages.Count(m => m.Message.Body is null).ShouldBe(8);
    }

    [Fact]
    public async Task Storage_copies_and_no_body_comes_through_the_process()
    {
        var engine = await StartWithTopicAsync();
        await SubscribeAsync(engine, "orders");
        await PublishAsync(engine, Payload(0));
        await engine.Topics.WhenIdleAsync();
        engine.Requests.CountOf(r => r.IsBlob && r.Method == "GET").ShouldBe(0);
        (await CountsAsync(engine, "orders")).Ready.ShouldBe(1);
    }

    [Fact]
    public async Task A_payload_that_is_gone_arrives_as_a_dead_letter_and_what_follows_arrives()
    {
        var engine = await StartWithTopicAsync();
        await SubscribeAsync(engine, "orders", ByKey("none"));
        var lost = await PublishAsync(engine, Payload(0));
        await PublishAsync(engine, "after");
        await Blobs.DeleteAllAsync();
        await engine.Topics.ChangeFiltersAsync(
            Events,
            new Dictionary<QueueName, SubscriptionFilters> { [TestEngine.Name("orders")] = SubscriptionFilters.None },
            Cancellation
        );
        await engine.Topics.SeekSubscriptionAsync(Events, TestEngine.Name("orders"), new SubscriptionStart.Earliest(), Cancellation);
        (await ArrivedAsync(engine, "orders")).ShouldBe(["after"]);
        var letter = await engine.DequeueOneAsync(source: MessageSource.DeadLetters);
        letter.Message.DeadLetterReason.ShouldBe("payload-lost");
        letter.Message.Source!.Offset.ShouldBe(lost.Offset);
        (await engine.FindAsync(letter.Id())).DeadLetterReason.ShouldBe("payload-lost");
    }

    [Fact]
    public async Task Copies_of_a_feed_that_was_overtaken_are_collected()
    {
        var (engine, other) = (await StartWithTopicAsync(), Start());
        await SubscribeAsync(engine, "orders");
        var held = engine.Faults.Hold(r => r.InsertsMessages);
        await PublishAsync(engine, Payload(0));
        await held.Reached;
        await ForwardAsync(other);
        held.Release();
        await engine.Topics.WhenIdleAsync();
        (await CountsAsync(engine, "orders")).Ready.ShouldBe(1);
        Time.Advance(Options.UploadTimeout + Options.UploadTimeout);
        await engine.SweepAsync(everything: true);
        Time.Advance(Options.UploadTimeout + Options.UploadTimeout);
        await engine.SweepAsync(everything: true);
        // The topic's, and the one of the message.
        (await Blobs.NamesAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Filters_look_into_payloads_of_the_past_as_they_do_when_records_are_published()
    {
        var engine = await StartWithTopicAsync();
        await SubscribeAsync(engine, "at-once", ByCountry);
        await PublishCountriesAsync(engine);
        long[] matching = [0, 1, 5];
        (await OffsetsAsync(engine, "at-once")).ShouldBe(matching);
        // One read fails.
        var fault = engine.Faults.Refuse(r => r.IsBlob && r.Method == "GET");
        await SubscribeAsync(engine, "later", ByCountry, new SubscriptionStart.Earliest());
        // Lest it be one by which the lag is counted.
        await Eventually.HoldsAsync("a read has failed", () => fault.Count == 1);
        (await OffsetsAsync(engine, "later")).ShouldBe(matching);
        await engine.Topics.SeekSubscriptionAsync(Events, TestEngine.Name("later"), new SubscriptionStart.Earliest(), Cancellation);
        (await OffsetsAsync(engine, "later")).ShouldBe(matching);
    }

    [Fact]
    public async Task Filters_that_do_not_look_into_bodies_read_no_payload_of_the_past()
    {
        var engine = await StartWithTopicAsync();
        await PublishCountriesAsync(engine);
        await SubscribeAsync(engine, "all", Filters("""[{"attributes":{"none":[{"exists":false}]}}]"""), new SubscriptionStart.Earliest());
        (await OffsetsAsync(engine, "all")).ShouldBe([0, 1, 2, 3, 4, 5]);
        engine.Requests.CountOf(r => r.IsBlob && r.Method == "GET").ShouldBe(0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Lag_counts_records_whose_bodies_lie_in_blobs_once_each(bool ofThePast)
    {
        var engine = await StartWithTopicAsync();
        if (!ofThePast)
            await SubscribeAsync(engine, "orders", ByCountry);
        // What was routed waits to be stored, what is of the past to be judged.
        var held = engine.Faults.Hold(r => ofThePast ? r.IsBlob && r.Method == "GET" : r.InsertsMessages);
        await PublishCountriesAsync(engine);
        if (ofThePast)
            await SubscribeAsync(engine, "orders", ByCountry, new SubscriptionStart.Earliest());
        await held.Reached;
        // Of six, four lie in blobs, and two of these match.
        (await StatusAsync(engine, "orders"))
            .Partitions.ShouldHaveSingleItem()
            .Lag.ShouldBe(3);
        held.Release();
        await AllArriveAsync(engine, "orders");
        (await StatusAsync(engine, "orders"))
            .Partitions.ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(p => p.Lag.ShouldBe(0), p => p.Position.ShouldBe(6));
    }

    private static SubscriptionFilters ByCountry => Filters("""[{"body":{"country":["DE"]}}]""");

    /// <summary>Of six records, the first two and the last are to be taken; the fourth is too long for filters.</summary>
    private static async Task PublishCountriesAsync(TestEngine engine)
    {
        foreach (
            var (country, length) in new[] { ("DE", 10), ("DE", 100_000), ("FR", 100_000), ("DE", 300_000), ("FR", 10), ("DE", 90_000) }
        )
            await PublishAsync(engine, Text($$"""{"text":"{{new string('x', length)}}","country":"{{country}}"}"""));
    }

    private async Task<IReadOnlyList<long>> OffsetsAsync(TestEngine engine, string queue)
    {
        await AllArriveAsync(engine, queue);
        return [.. (await TakeAllAsync(engine, queue)).Select(m => m.Message.Source!.Offset).Order()];
    }

    private static PublishRequest Payload(int number) => new() { Body = MessageBody.FromBytes((byte[])[(byte)number, .. Long]) };
}
