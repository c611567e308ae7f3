using System.Text;
using FuncQueue.Engine.Groups;
using FuncQueue.Engine.Queues;
using FuncQueue.Engine.Shards;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Topics.Forwarding;

/// <summary>A shard of a queue, as one process feeds it by hand.</summary>
internal sealed class Target
{
    private readonly ShardRuntime shard;

    private Target(ShardRuntime shard) => this.shard = shard;

    public static string CursorKey { get; } = FeedCursor.KeyOf(1, 0);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<Target> OfAsync(TestEngine engine, int shard = 0) =>
        new((await engine.Engine.Directory.FindAsync(engine.Queue, Cancellation)).ShouldNotBeNull().Shards[shard]);

    public async Task<FeedCursor> PutCursorAsync(string? key = null)
    {
        var cursor = new FeedCursor
        {
            Key = key ?? CursorKey,
            Next = 0,
            Judge = 0,
            Writer = Guid.NewGuid(),
        };
        var operation = new Azure.Data.Tables.TableTransactionAction(
            Azure.Data.Tables.TableTransactionActionType.Add,
            cursor.ToEntity(shard.Table.Shard)
        );
        (await shard.Table.CommitAsync([operation])).ShouldBeOfType<Commit.Done>();
        return await CursorAsync(key);
    }

    public async Task<FeedCursor> CursorAsync(string? key = null) =>
        FeedCursor.Read((await shard.Table.ReadEntityAsync(key ?? CursorKey, null, Cancellation)).ShouldNotBeNull());

    /// <summary>Feeds these texts, from where the cursor is on.</summary>
    public Task<FeedEnd> FeedAsync(FeedCursor cursor, params IReadOnlyList<string> texts) =>
        FeedAsync(cursor, [.. texts.Select(t => Message(t))]);

    public Task<FeedEnd> FeedAsync(FeedCursor cursor, IReadOnlyList<PendingEnqueue> messages, int inRow = 64) =>
        shard.Enqueue.FeedAsync(new Feed(cursor, cursor.Next + messages.Count, messages, inRow)).WithinPatienceAsync();

    public static PendingEnqueue Message(string text, int priority = 0, TimeSpan delay = default, string? group = null) =>
        new()
        {
            Encoded = MessageCodec.Encode(
                new MessageContent
                {
                    Body = Encoding.UTF8.GetBytes(text),
                    ContentType = "text/plain",
                    Attributes = new Dictionary<string, string>(),
                    GroupId = group,
                    Source = new TopicSource("events", 0, 17, "a.b"),
                }
            ),
            Lane = Limits.MaxPriority - priority,
            Delay = delay,
            EnqueueAt = null,
            TimeToLive = null,
            GroupHash = GroupHash.Of(group),
            BodyLength = text.Length,
        };
}
