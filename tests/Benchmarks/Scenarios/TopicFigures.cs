using FuncQueue.Benchmarks.Runs;
using FuncQueue.Benchmarks.Workers;

namespace FuncQueue.Benchmarks.Scenarios;

/// <summary>The scenarios of topics and streams, and their goals.</summary>
internal static class TopicFigures
{
    private const string Rabbit = "RabbitMQ";

    private static readonly FanoutRun One = FanoutRun.To(1, 64);
    private static readonly FanoutRun Ten = FanoutRun.To(10, 64);
    private static readonly FanoutRun Hundred = FanoutRun.To(100, 8);
    private static readonly FanoutRun TopicExchange = FanoutRun.ByRoutingKeys(10, 64);
    private static readonly Run HttpReplay = HttpReplayRun.Create("HTTP, catch-up");

    /// <param name="enqueue">Of single messages into one queue, by as many callers as publish.</param>
    /// <param name="life">Of one queue, with as many consumers as each of ten has.</param>
    public static IEnumerable<Figure> Create(Run enqueue, Run life) => [.. Fanouts(enqueue, life), .. Streams()];

    private static IEnumerable<Figure> Fanouts(Run enqueue, Run life) =>
        [
            .. OfFanout("fanout-1", "1 queue, 64 consumers", One),
            .. OfFanout("fanout-10", "10 queues, 64 consumers each", Ten),
            Rate("fanout-10/enqueue", "64 publishers against 64 that enqueue to one queue", Ten.Published, enqueue, Goal.Times(0.5)) with
            {
                PeerName = "enqueue",
            },
            Rate("fanout-10/routed", "the same where they are routed, and not forwarded yet", Ten.Routed, enqueue, null) with
            {
                PeerName = "enqueue",
            },
            Rate("fanout-10/life", "copies delivered and acked against one queue's life", Ten.Delivered, life, Goal.Times(5)) with
            {
                PeerName = "life",
            },
            .. OfFanout("fanout-100", "100 queues, 8 consumers each", Hundred),
            .. OfFanout("topic-exchange", "1,000 bindings of 10 queues, 64 consumers each", TopicExchange),
        ];

    private static IEnumerable<Figure> Streams() =>
        [
            Rate(
                "stream-append",
                "records appended to a topic of one partition by 64 callers",
                StreamRun.Append,
                StreamRun.RedisAppend,
                null
            ) with
            {
                Unit = "records/s",
                PeerName = "Redis Streams",
            },
            Rate(
                "stream-replay",
                "500,000 records of 200 bytes, read and committed by a group that comes late",
                StreamRun.Replay,
                StreamRun.RedisReplay,
                null
            ) with
            {
                Unit = "records/s",
                PeerName = "Redis Streams",
            },
            new("stream-replay/rate", "the same by itself", "records/s", StreamRun.Replay, m => m.Rate, new Goal(true, 100_000, false)),
            new("stream-replay/rows", "the same, as a part of bare queries of its rows", "×", StreamRun.Replay, m => m.Other, null),
            new(
                "stream-http",
                "a log read over HTTP, in pages of 1 MiB",
                "records/s",
                HttpReplay,
                m => m.Rate,
                new Goal(true, 30_000, false)
            ),
            new(
                "stream-http/bare",
                "the same, as a part of an endpoint that answers the same bytes",
                "×",
                HttpReplay,
                m => m.Other,
                new Goal(true, 0.5, false)
            ),
            new(
                "stream-groups",
                "storage requests where 4 groups follow a topic, against 1",
                "× of one group's",
                StreamRun.FourGroups,
                m => m.Other,
                Goal.Most(1.3)
            ),
            Matching("matching", "routing a message to 1,000 subscriptions by routing keys", MatchingRun.TopicExchange, Goal.Most(20)),
            Matching("matching/attributes", "the same by the value of an attribute", MatchingRun.Attributes, Goal.Most(20)),
            Matching("matching/ranges", "the same by numeric ranges", MatchingRun.Ranges, null),
            Matching("matching/bodies", "the same by a value in a body of 1 KB", MatchingRun.Bodies, null),
            Matching("matching/compile", "compiling the filters of 1,000 subscriptions", MatchingRun.Compile, null),
        ];

    /// <summary>Beside RabbitMQ: published without consumers; delivered where consumers ack, at a backlog of a hundred a queue.</summary>
    private static IEnumerable<Figure> OfFanout(string name, string what, FanoutRun run)
    {
        yield return Rate(name, $"{what}: published by 64, not consumed", run.Published, run.RabbitPublished, null);
        yield return new(name + "/p99", "the same, 99th percentile of a publish", "ms", run.Published, m => m.EnqueueP99, null)
        {
            Peer = run.RabbitPublished,
            OfPeer = m => m.EnqueueP99,
            PeerName = Rabbit,
        };
        yield return Rate(name + "/delivered", "copies, published to acked", run.Delivered, run.RabbitDelivered, null) with
        {
            Unit = "copies/s",
        };
        yield return new(
            name + "/requests",
            "a copy, published to acked",
            "storage requests",
            run.Delivered,
            m => m.RequestsPerMessage,
            null
        );
    }

    private static Figure Matching(string name, string what, Run run, Goal? goal) =>
        new(name, what, "µs of processor time", run, m => m.Other, goal);

    private static Figure Rate(string name, string what, Run run, Run peer, Goal? goal) =>
        new(name, what, "messages/s", run, m => m.Rate, goal)
        {
            Peer = peer,
            OfPeer = m => m.Rate,
            PeerName = Rabbit,
        };
}
