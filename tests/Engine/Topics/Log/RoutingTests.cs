using FuncQueue.Engine.Tests.Support;
using FuncQueue.Engine.Topics;
using FuncQueue.Engine.Topics.Log;
using FuncQueue.Engine.Topics.Records;

namespace FuncQueue.Engine.Tests.Topics.Log;

/// <summary>
/// A record is routed once, when it is stored, by the latest version of the subscriptions that its process or the head knows.
/// </summary>
public sealed class RoutingTests(AzuriteFixture azurite) : TopicTest(azurite)
{
    [Fact]
    public async Task A_record_has_the_subscriptions_that_take_it_and_the_version_they_are_of()
    {
        var engine = await StartWithTopicAsync();
        var topics = With(engine, new Versions(5, key => [key.Length, 100]));
        var published = (await topics.PublishAsync(Events, Text("a") with { RoutingKey = "abc" }, Cancellation)).Value;
        published.Matched.ShouldBe(2);
        var record = (await ReadEverythingAsync(Start())).ShouldHaveSingleItem();
        record.RoutedBy.ShouldBe(5);
        record.Subscriptions.ShouldBe(SubscriptionSet.Of(3, 100));
    }

    [Fact]
    public async Task Filters_see_bodies_up_to_256_KiB_payloads_or_not_and_longer_ones_not()
    {
        var engine = await StartWithTopicAsync();
        var versions = new Versions(1, _ => []);
        var topics = With(engine, versions);
        foreach (var length in new[] { 0, 10, 32 * 1024, (32 * 1024) + 1, 256 * 1024, (256 * 1024) + 1, 3_000_000 })
        {
            foreach (var streamed in new[] { false, true })
            {
                var bytes = new byte[length];
                Random.Shared.NextBytes(bytes);
                var body = streamed ? MessageBody.FromStream(new MemoryStream(bytes)) : MessageBody.FromBytes(bytes);
                var at = (await topics.PublishAsync(Events, new PublishRequest { Body = body }, Cancellation)).Value;
                if (length <= 256 * 1024)
                    versions.Seen.ShouldNotBeNull().ShouldBe(bytes);
                else
                    versions.Seen.ShouldBeNull();
                await using var stored = (await engine.Topics.OpenBodyAsync(Events, 0, at.Offset, Cancellation)).Value;
                using var copy = new MemoryStream();
                await stored.Content.CopyToAsync(copy, Cancellation);
                copy.ToArray().ShouldBe(bytes);
                stored.Length.ShouldBe(length);
            }
        }
    }

    [Fact]
    public async Task A_process_that_finds_a_later_version_at_the_head_judges_by_that_one()
    {
        var engine = await StartWithTopicAsync();
        var (known, old) = (new Versions(2, _ => [2]), new Versions(1, _ => [1]) { Later = (2, _ => [2]) });
        var (ahead, behind) = (With(engine, known), With(Start(), old));
        await behind.PublishAsync(Events, Text("a"), Cancellation);
        await ahead.PublishAsync(Events, Text("b"), Cancellation);
        // It remembers the head as it was: its write fails, and it learns of the version with the head.
        await behind.PublishAsync(Events, Text("c"), Cancellation);
        old.Learnt.ShouldBe([2]);
        (await ReadEverythingAsync(engine))
            .Select(r => (r.RoutedBy, r.Subscriptions.ToString()))
            .ShouldBe([(1, "{1}"), (2, "{2}"), (2, "{2}")]);
    }

    [Fact]
    public async Task A_process_that_cannot_learn_of_the_heads_version_stores_nothing()
    {
        var engine = await StartWithTopicAsync();
        await With(engine, new Versions(2, _ => [2])).PublishAsync(Events, Text("a"), Cancellation);
        var refusal = new Failure.FiltersNewer(TimeSpan.FromSeconds(1));
        var behind = With(Start(), new Versions(1, _ => [1]) { Refusal = refusal });
        (await behind.PublishAsync(Events, Text("b"), Cancellation)).Failure.ShouldBe(refusal);
        (await TextsAsync(engine)).ShouldBe(["a"]);
    }

    [Fact]
    public async Task That_nobody_takes_a_record_is_told_by_the_heads_version_not_by_what_is_remembered()
    {
        var engine = await StartWithTopicAsync();
        var old = new Versions(1, _ => []) { Later = (2, _ => [7]) };
        var behind = With(Start(), old);
        await behind.PublishAsync(Events, Text("a"), Cancellation);
        await With(engine, new Versions(2, _ => [7])).PublishAsync(Events, Text("b"), Cancellation);
        (await behind.PublishAsync(Events, Text("c") with { Mandatory = true }, Cancellation)).Value.Matched.ShouldBe(1);
    }

    [Fact]
    public async Task Where_there_is_an_alternate_queue_nothing_is_unroutable()
    {
        var engine = await StartWithTopicAsync();
        var topics = With(engine, new Versions(1, _ => []) { HasAlternate = true });
        (await topics.PublishAsync(Events, Text("a") with { Mandatory = true }, Cancellation)).Value.Matched.ShouldBe(0);
    }

    [Fact]
    public async Task Subscriptions_are_told_of_what_was_stored_once_and_in_order_though_answers_are_lost()
    {
        var engine = await StartWithTopicAsync();
        var versions = new Versions(1, _ => [1]);
        var topics = With(engine, versions);
        engine.Faults.LoseAnswer(r => r.AppendsRecords, times: 3);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => topics.PublishAsync(Events, Text($"{i}"), Cancellation)));
        var rows = versions.Rows.ToList();
        rows.SelectMany(r => r.Index.Records).Select(r => r.Offset).ShouldBe(Enumerable.Range(0, 50).Select(i => (long)i));
    }

    private static TopicEngine With(TestEngine engine, Versions versions) => new(engine.Engine, _ => versions);

    /// <summary>Subscriptions that take a record by its routing key, in two versions.</summary>
    private sealed class Versions : ITopicSubscriptions
    {
        public Versions(long version, Func<string, int[]> route) => Known = new Routes(this, version, route);

        public (long Version, Func<string, int[]> Route)? Later { get; init; }

        public Failure? Refusal { get; init; }

        public bool HasAlternate { get; init; }

        public List<long> Learnt { get; } = [];

        public List<RecordRow> Rows { get; } = [];

        /// <summary>The last body that was judged.</summary>
        public byte[]? Seen { get; private set; }

        public IRoutes Known { get; private set; }

        public ValueTask<Failure?> LearnAsync(long version, CancellationToken cancellationToken)
        {
            Learnt.Add(version);
            if (Later is { } later)
                Known = new Routes(this, later.Version, later.Route);
            return new ValueTask<Failure?>(Refusal);
        }

        public void Appended(RecordRow row, LogHead head) => Rows.Add(row);

        public Task<long> LeastNeededAsync(int partition, long end, CancellationToken cancellationToken) => Task.FromResult(end);

        public Task<Failure?> EndSourcesAsync(CancellationToken cancellationToken) => Task.FromResult<Failure?>(null);

        public Task<Outcome<bool>> DrainAsync(bool drop, TimeSpan time, CancellationToken cancellationToken) =>
            Task.FromResult<Outcome<bool>>(true);

        public Task WhenIdleAsync() => Task.CompletedTask;

        private sealed class Routes(Versions owner, long version, Func<string, int[]> route) : IRoutes
        {
            public long Version => version;

            public bool HasAlternate => owner.HasAlternate;

            public SubscriptionSet Route(in Routable record)
            {
                owner.Seen = record.Body?.ToArray();
                return SubscriptionSet.Of(route(record.RoutingKey));
            }
        }
    }
}
