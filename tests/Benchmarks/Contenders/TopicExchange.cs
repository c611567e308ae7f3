using System.Text.Json;
using FuncQueue.Engine;
using FuncQueue.Engine.Topics;
using FuncQueue.Engine.Topics.Filters;

namespace FuncQueue.Benchmarks.Contenders;

/// <summary>FuncQueue's topics in this very process, without HTTP: one topic of one partition, a subscription for each queue.</summary>
internal sealed class TopicExchange : IExchange
{
    private readonly string account;
    private readonly bool forwards;
    private readonly TopicName topic = TopicName.TryParse("measured", out var name)
        ? name
        : throw new InvalidOperationException("No name.");
    private EngineContender queues;
    private TopicEngine topics;

    /// <param name="forwards">Else records are routed, and stay where they are.</param>
    public TopicExchange(string account, bool forwards = true)
    {
        (this.account, this.forwards) = (account, forwards);
        queues = new EngineContender([account]);
        topics = new TopicEngine(queues.Engine);
    }

    public IContender Queues => queues;

    /// <summary>What a subscription has in the place of bindings.</summary>
    public static SubscriptionFilters FiltersOf(Binding binding)
    {
        if (binding.Patterns.Count == 0)
            return SubscriptionFilters.None;
        var json = JsonSerializer.SerializeToUtf8Bytes(new[] { new { routingKey = binding.Patterns } });
        return SubscriptionFilters.TryParse(json, "filters", out var filters, out var faults)
            ? filters
            : throw new InvalidOperationException(string.Join(" ", faults));
    }

    public async Task BindAsync(IReadOnlyList<Binding> bindings)
    {
        _ = (await topics.PutTopicAsync(topic, new TopicSettingsChange { Partitions = 1 }, default, CancellationToken.None)).Value;
        foreach (var binding in bindings)
        {
            await queues.CreateAsync(binding.Queue);
            var queue = EngineContender.Name(binding.Queue);
            var request = new SubscriptionRequest { Target = SubscriptionTarget.To(queue), Filters = FiltersOf(binding) };
            _ = (await topics.PutSubscriptionAsync(topic, queue, request, default, CancellationToken.None)).Value;
        }

        if (forwards)
            return;
        await DisposeAsync();
        queues = new EngineContender([account]);
        topics = new TopicEngine(queues.Engine, _ => new RoutedOnly(bindings));
    }

    public async Task PublishAsync(string routingKey, ReadOnlyMemory<byte> body) =>
        _ = (
            await topics.PublishAsync(
                topic,
                new PublishRequest { Body = MessageBody.FromBytes(body), RoutingKey = routingKey.Length == 0 ? null : routingKey },
                CancellationToken.None
            )
        ).Value;

    public async ValueTask DisposeAsync()
    {
        await topics.DisposeAsync();
        await queues.DisposeAsync();
    }
}
