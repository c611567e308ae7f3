using FuncQueue.Benchmarks.Contenders;
using FuncQueue.Benchmarks.Loads;
using FuncQueue.Benchmarks.Workers;
using FuncQueue.Engine.Topics.Filters;
using FuncQueue.Engine.Topics.Log;
using FuncQueue.LocalHost.Azurite;

namespace FuncQueue.Benchmarks.Runs;

/// <summary>Messages that an exchange copies into queues, published and consumed by this process.</summary>
internal sealed class FanoutRun
{
    private const int AllBindings = 1000;
    private const int Keys = 997;

    private static readonly Dictionary<string, string> Nothing = [];

    private readonly IReadOnlyList<Binding> bindings;
    private readonly IReadOnlyList<(string Key, int Copies)> keys;

    private FanoutRun(string name, IReadOnlyList<Binding> bindings, IReadOnlyList<(string Key, int Copies)> keys, int consumersOfEach)
    {
        (this.bindings, this.keys) = (bindings, keys);
        Published = Engine($"topic, {name}, publish", (load, size) => load.PublishAsync(size), "messages");
        Routed = Engine($"topic, {name}, publish without forwarding", (load, size) => load.PublishAsync(size), "messages", forwards: false);
        Delivered = Engine($"topic, {name}, life", (load, size) => load.LifeAsync(size, consumersOfEach), "copies");
        RabbitPublished = Rabbit($"RabbitMQ, {name}, publish", (load, size) => load.PublishAsync(size), "messages");
        RabbitDelivered = Rabbit($"RabbitMQ, {name}, life", (load, size) => load.LifeAsync(size, consumersOfEach), "copies");
    }

    /// <summary>Messages, while nobody consumes their copies.</summary>
    public Run Published { get; }

    /// <summary>The same, but that they are routed and not forwarded.</summary>
    public Run Routed { get; }

    /// <summary>Copies, from publish to ack.</summary>
    public Run Delivered { get; }

    public Run RabbitPublished { get; }

    public Run RabbitDelivered { get; }

    /// <summary>Each message into each queue.</summary>
    public static FanoutRun To(int queues, int consumersOfEach) =>
        new(
            queues == 1 ? "1 queue" : $"{queues} queues",
            [.. Enumerable.Range(0, queues).Select(q => new Binding(QueueOf(q), []))],
            [("", queues)],
            consumersOfEach
        );

    /// <summary>A thousand bindings, by routing keys with wildcards, of a few queues.</summary>
    public static FanoutRun ByRoutingKeys(int queues, int consumersOfEach)
    {
        var each = AllBindings / queues;
        var bindings = Enumerable
            .Range(0, queues)
            .Select(q => new Binding(QueueOf(q), [.. Enumerable.Range(q * each, each).Select(RoutingKeys.Pattern)]))
            .ToList();
        var matcher = SubscriptionMatcher.Compile(bindings.Select((b, q) => KeyValuePair.Create(q, TopicExchange.FiltersOf(b))));
        var keys = Enumerable
            .Range(0, Keys)
            .Select(RoutingKeys.Key)
            .Select(key => (key, matcher.Match(new Routable(key, Nothing, null)).Count))
            .Where(k => k.Count > 0)
            .ToList();
        return new FanoutRun("1,000 bindings", bindings, keys, consumersOfEach);
    }

    private static string QueueOf(int number) => $"queue-{number}";

    private Run Engine(string name, Func<FanoutLoad, Size, Task<Measurement>> measure, string counted, bool forwards = true) =>
        new(
            name,
            async size =>
            {
                await using var azurite = await AzuriteServer.StartForTestsAsync();
                return await MeasureAsync(new TopicExchange(azurite.ConnectionString, forwards), load => measure(load, size));
            }
        )
        {
            Counted = counted,
        };

    private Run Rabbit(string name, Func<FanoutLoad, Size, Task<Measurement>> measure, string counted) =>
        Servers.Rabbit(name, (size, address) => MeasureAsync(new RabbitExchange(address), load => measure(load, size)), counted);

    private async Task<Measurement> MeasureAsync(IExchange exchange, Func<FanoutLoad, Task<Measurement>> measure)
    {
        await using (exchange)
        {
            await exchange.BindAsync(bindings);
            return await measure(new FanoutLoad(exchange, bindings, keys));
        }
    }
}
