using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Reading;
using FuncQueue.Engine.Topics.Registry;

namespace FuncQueue.Engine.Topics.Calls;

/// <summary>The topics as this process knows them, also while they are being deleted.</summary>
/// <param name="subscriptions">Makes what a topic asks of its subscriptions.</param>
internal sealed class TopicDirectory(
    EngineContext context,
    DataAccounts accounts,
    TopicRegistry registry,
    Func<TopicRecord, ITopicSubscriptions> subscriptions
) : KnownGenerations<TopicName, TopicRecord, TopicRuntime>(context, registry.Version)
{
    private readonly TailBudget tails = new(TailBudget.Default);

    /// <summary>Takes in a record that this process has read, at <paramref name="readAt"/> or later.</summary>
    public TopicRuntime Learn(TopicRecord record, long readAt) => Take(record, readAt, before: null);

    protected override Task<TopicRuntime> LearnAsync(TopicRecord record, long readAt, string? before) =>
        Task.FromResult(Take(record, readAt, before));

    protected override Task<TopicRecord?> ReadRecordAsync(TopicName name, CancellationToken cancellationToken) =>
        registry.ReadAsync(name, cancellationToken);

    protected override TopicRuntime Make(TopicRecord record) =>
        new(Context, accounts.Find(record.Place.Account), registry, record, subscriptions, tails);
}
