using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Queues;

/// <summary>Listing queues.</summary>
public sealed class QueueListTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private static readonly string[] Names =
    [
        "A",
        "Orders",
        "a",
        "a-",
        "a-b",
        "a_b",
        "aB",
        "ab",
        "abc",
        "orders",
        "orders-1",
        "orders2",
        new('z', 80),
    ];

    [Fact]
    public async Task Without_any_queue_the_list_is_empty()
    {
        var engine = Start();
        (await ListAsync(engine)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Queues_are_listed_by_name_in_pages_of_any_size()
    {
        var engine = await CreateAllAsync();
        foreach (var size in new[] { 1, 2, 5, 13, 1000 })
            (await ListAsync(engine, pageSize: size)).ShouldBe(Names.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("a-")]
    [InlineData("ab")]
    [InlineData("orders")]
    [InlineData("O")]
    [InlineData("nothing")]
    public async Task A_prefix_is_matched_in_its_case(string prefix)
    {
        var engine = await CreateAllAsync();
        foreach (var size in new[] { 2, 100 })
            (await ListAsync(engine, prefix, size)).ShouldBe(
                Names.Where(n => n.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            );
    }

    [Fact]
    public async Task Names_that_differ_in_case_are_different_queues()
    {
        var engine = await CreateAllAsync();
        engine.Queue = TestEngine.Name("orders");
        await engine.EnqueueAsync("a");
        engine.Queue = TestEngine.Name("Orders");
        (await engine.DequeueAsync()).ShouldBeEmpty();
        (await engine.Engine.DeleteQueueAsync(engine.Queue, Cancellation)).Value.ShouldBeTrue();
        engine.Queue = TestEngine.Name("orders");
        (await engine.DequeueOneAsync()).Text().ShouldBe("a");
    }

    [Fact]
    public async Task A_list_tells_settings_and_etags_and_leaves_deleted_queues_out()
    {
        var engine = await CreateAllAsync();
        await engine.Engine.DeleteQueueAsync(TestEngine.Name("ab"), Cancellation);
        engine.Queue = TestEngine.Name("abc");
        await engine.PutQueueAsync(new QueueSettingsChange { Shards = 9 });
        var page = (await engine.Engine.ListQueuesAsync("ab", 10, null, Cancellation)).Value;
        page.Queues.ShouldHaveSingleItem().ShouldBe((await engine.StatusAsync()).Queue, new SameQueue());
    }

    [Fact]
    public async Task A_continuation_that_was_not_handed_out_is_invalid()
    {
        var engine = await CreateAllAsync();
        foreach (var text in new[] { "", "a b", "é", "a/b", new string('a', 81) })
            (await engine.Engine.ListQueuesAsync("", 10, text, Cancellation))
                .Failure.ShouldBeOfType<Failure.Invalid>()
                .Faults.ShouldHaveSingleItem()
                .Field.ShouldBe("continuation");
    }

    private async Task<TestEngine> CreateAllAsync()
    {
        var engine = Start();
        foreach (var name in Names)
        {
            engine.Queue = TestEngine.Name(name);
            (await engine.PutQueueAsync()).Created.ShouldBeTrue();
        }

        return engine;
    }

    private static async Task<List<string>> ListAsync(TestEngine engine, string prefix = "", int pageSize = 1000)
    {
        var (names, continuation) = (new List<string>(), (string?)null);
        do
        {
            var page = (await engine.Engine.ListQueuesAsync(prefix, pageSize, continuation, Cancellation)).Value;
            page.Queues.Count.ShouldBeLessThanOrEqualTo(pageSize);
            names.AddRange(page.Queues.Select(q => q.Name.Value));
            continuation = page.Continuation;
        } while (continuation is not null);
        return names;
    }

    private sealed class SameQueue : IEqualityComparer<QueueInfo>
    {
        public bool Equals(QueueInfo? x, QueueInfo? y) =>
            x is not null
            && y is not null
            && x.Name == y.Name
            && x.ETag == y.ETag
            && x.CreatedAt == y.CreatedAt
            && x.Settings.Shards == y.Settings.Shards;

        public int GetHashCode(QueueInfo obj) => obj.Name.GetHashCode();
    }
}
