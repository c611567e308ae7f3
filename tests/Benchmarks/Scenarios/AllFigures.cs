using FuncQueue.Benchmarks.Runs;
using FuncQueue.Benchmarks.Workers;
using OxyPlot;

namespace FuncQueue.Benchmarks.Scenarios;

/// <summary>The scenarios and their goals.</summary>
internal static class AllFigures
{
    private const int Callers = 64;
    private const string QueuePeer = "Azure Storage Queue";

    private static readonly Run QueueEnqueue = Storage.Queue("Storage Queue, enqueue", 1, size => Enqueue(size));
    private static readonly Run QueueLife = Storage.Queue("Storage Queue, life", 1, size => Life(size, Callers, 100));
    private static readonly Run QueueLife1K = Storage.Queue("Storage Queue, life at 1,000", 1, size => Life(size, Callers, 1000));
    private static readonly Run QueueDrain = Storage.Queue("Storage Queue, drain by 1", 1, size => Drain(size, 5000, 32));
    private static readonly Run QueueDrain32 = Storage.Queue(
        "Storage Queue, drain by 32",
        1,
        size => Drain(size, 5000, 32) with { ReceiveSize = 32 }
    );

    private static readonly Run EngineEnqueue = Storage.Engine("engine, enqueue", 1, size => Enqueue(size));
    private static readonly Run EngineLife = Storage.Engine("engine, life", 1, size => Life(size, Callers, 100));
    private static readonly Run EngineLife1K = Storage.Engine("engine, life at 1,000", 1, size => Life(size, Callers, 1000));
    private static readonly Run EngineDrain = Storage.Engine("engine, drain of 5,000", 1, size => Drain(size, 5000, 32));
    private static readonly Run EngineDeep = Storage.Engine(
        "engine, drain of 50,000",
        1,
        size => Drain(size, 50_000, 32) with { Seconds = 120 }
    );
    private static readonly Run EngineLife256 = Storage.Engine("engine, life with 256", 1, size => Life(size, 256, 400));
    private static readonly Run Lone = Storage.Engine("engine, one caller", 1, size => Order(size) with { Load = LoadKind.Lone });
    private static readonly Run FourProcesses = Storage.Engine("engine, 4 processes, life", 4, size => Life(size, Callers, 100));
    private static readonly Run FourConsuming = Storage.Engine("engine, 4 processes, drain", 4, size => Drain(size, 50_000, Callers));
    private static readonly Run Scatter = Storage.Engine(
        "engine, 4 processes, acks anywhere",
        4,
        size => Life(size, 16, 100) with { ScatterAcks = true }
    );
    private static readonly Run QueueScatter = Storage.Queue("Storage Queue, 4 processes", 4, size => Life(size, 16, 100));
    private static readonly Run Fifo = Storage.Engine("engine, FIFO life", 1, size => Life(size, Callers, 100) with { Groups = 64 });
    private static readonly Run Memory = Storage.Engine(
        "engine, 200,000 messages",
        1,
        size => Drain(size, 200_000, Callers) with { Seconds = 280 }
    );

    private static readonly Run HttpEnqueue = Storage.Http("HTTP, enqueue", size => Enqueue(size));
    private static readonly Run BareHttp = Storage.BareHttp("bare ASP.NET Core", size => Enqueue(size));
    private static readonly Run HttpLife = Storage.Http("HTTP, life", size => Life(size, Callers, 100));
    private static readonly Run ClientEnqueue = Storage.Client(".NET client, send", size => Enqueue(size));
    private static readonly Run ClientLife = Storage.Client(".NET client, life", size => Life(size, Callers, 100));
    private static readonly Run WorkerEnqueue = OnWorker("HTTP, enqueue", ContenderKind.Http, size => Enqueue(size));
    private static readonly Run WorkerLife = OnWorker("HTTP, life", ContenderKind.Http, size => Life(size, Callers, 100));
    private static readonly Run WorkerClientEnqueue = OnWorker(".NET client, send", ContenderKind.Client, size => Enqueue(size));
    private static readonly Run WorkerClientLife = OnWorker(".NET client, life", ContenderKind.Client, size => Life(size, Callers, 100));
    private static readonly Run RabbitLife = Servers.Rabbit("RabbitMQ, life", size => Life(size, Callers, 100));
    private static readonly Run PostgresLife = Servers.Postgres("PostgreSQL, life", size => Life(size, Callers, 100));
    private static readonly Run HttpBatch = Storage.Http(
        "HTTP, batches of 100",
        size => Enqueue(size) with { Producers = 16, BatchSize = 100 }
    );
    private static readonly Run PostgresEnqueue = Servers.Postgres("PostgreSQL, inserts", size => Enqueue(size));
    private static readonly Run Idle = IdleRun.Create("100 idle queues");

    /// <summary>In the order in which they are shown.</summary>
    public static IReadOnlyList<Figure> All { get; } =
    [
        Rate("enqueue-engine", "64 callers, single messages", EngineEnqueue, QueueEnqueue, Goal.Times(20)),
        new("p99-enqueue", "the same, 99th percentile of a call", "ms", EngineEnqueue, m => m.EnqueueP99, Goal.Part(0.1))
        {
            Peer = QueueEnqueue,
            OfPeer = m => m.EnqueueP99,
            PeerName = QueuePeer,
        },
        Rate("life-engine", "64 producers, 64 consumers, enqueue to ack, backlog of up to 100", EngineLife, QueueLife, Goal.Times(17)),
        Rate("life-engine-1k", "the same at a backlog of 1,000", EngineLife1K, QueueLife1K, Goal.Times(60)),
        Rate(
            "drain-5k",
            "5,000 stored, 32 consumers of single messages; the Queue receives 1 at a time",
            EngineDrain,
            QueueDrain,
            Goal.Times(300)
        ),
        Rate("drain-5k/receive-32", "the same; the Queue receives 32 at a time", EngineDrain, QueueDrain32, Goal.Times(100)),
        Rate("depth", "drain of 50,000 stored against 5,000 stored", EngineDeep, EngineDrain, Goal.Times(0.95)) with
        {
            PeerName = "5,000 stored",
        },
        new(
            "requests-per-message",
            "storage requests of a whole life, 64 producers and 64 consumers",
            "requests",
            EngineLife,
            m => m.RequestsPerMessage,
            Goal.Most(0.05)
        ),
        new("requests-per-message/256", "the same, 256 and 256", "requests", EngineLife256, m => m.RequestsPerMessage, Goal.Most(0.015)),
        new("lone-latency", "one caller, median of an enqueue against a bare table insert", "ms", Lone, m => m.EnqueueP50, Goal.Part(1.10))
        {
            Peer = Lone,
            OfPeer = m => m.BareP50,
            PeerName = "table insert",
        },
        Rate("many-processes", "4 processes, each 64 and 64, one shard, against 1 process", FourProcesses, EngineLife, Goal.Times(1)) with
        {
            PeerName = "1 process",
        },
        new(
            "many-processes/conflicts",
            "writes there that met another process's",
            "of writes",
            FourProcesses,
            m => m.ConflictsPerWrite,
            Goal.Most(0.05)
        ),
        new(
            "many-processes/conflicts-draining",
            "the same, 4 × 64 consumers on 50,000 stored",
            "of writes",
            FourConsuming,
            m => m.ConflictsPerWrite,
            Goal.Most(0.05)
        ),
        Rate("ack-scatter", "4 processes, each 16 and 16, each ack to a process drawn by chance", Scatter, QueueScatter, Goal.Times(4)),
        new("ack-scatter/p99", "the same, 99th percentile of an ack", "ms", Scatter, m => m.AckP99, Goal.Most(60)),
        Rate("http-enqueue", "single messages over HTTP, 64 connections", HttpEnqueue, BareHttp, Goal.Times(0.30)) with
        {
            PeerName = "bare ASP.NET Core",
        },
        Rate("client-send", "64 concurrent senders of the .NET client, single messages", ClientEnqueue, HttpEnqueue, Goal.Times(5)) with
        {
            PeerName = "single POSTs",
        },
        Rate("client-life", "64 senders, 64 consumers by the .NET client, send to ack", ClientLife, HttpLife, Goal.Times(3)) with
        {
            PeerName = "plain HTTP calls",
        },
        Rate("client-send/worker", "the same, the app on the Functions worker", WorkerClientEnqueue, WorkerEnqueue, Goal.Times(5)) with
        {
            PeerName = "single POSTs",
        },
        Rate("client-life/worker", "the same, the app on the Functions worker", WorkerClientLife, WorkerLife, Goal.Times(3)) with
        {
            PeerName = "plain HTTP calls",
        },
        .. OfClient("client-send", "client, a message sent", ClientEnqueue, HttpEnqueue, "a single POST"),
        .. OfClient("client-life", "client, a message sent, received and acked", ClientLife, HttpLife, "plain HTTP calls"),
        Rate("http-life", "64 producers, 64 consumers over HTTP", HttpLife, RabbitLife, Goal.Times(0.5)) with
        {
            PeerName = "RabbitMQ",
        },
        Rate("http-life/postgresql", "the same against FOR UPDATE SKIP LOCKED", HttpLife, PostgresLife, null) with
        {
            PeerName = "PostgreSQL",
        },
        Rate(
            "http-batch",
            "batches of 100 over HTTP, 16 connections, against 64 that insert",
            HttpBatch,
            PostgresEnqueue,
            Goal.Times(3)
        ) with
        {
            PeerName = "PostgreSQL",
        },
        Rate("fifo", "64 groups, 64 producers, 64 consumers, enqueue to ack", Fifo, QueueLife, Goal.Times(8)),
        new("idle", "storage requests a minute of 100 idle queues", "requests/min", Idle, m => m.Other, Goal.Most(10)),
        new(
            "memory",
            "working set after 200,000 messages stored and drained, over the start",
            "MiB",
            Memory,
            m => m.MemoryGrowth,
            Goal.Most(150)
        ),
        .. TopicFigures.Create(EngineEnqueue, EngineLife),
    ];

    /// <summary>What the plot shows.</summary>
    public static IReadOnlyList<(string Name, OxyColor Color, IReadOnlyList<(int Backlog, Run Run)> Points)> OverBacklog { get; } =
    [
        ("FuncQueue", OxyColors.SteelBlue, [(100, EngineLife), (1000, EngineLife1K), (5000, EngineDrain), (50_000, EngineDeep)]),
        ("Azure Storage Queue, 1 at a time", OxyColors.OrangeRed, [(100, QueueLife), (1000, QueueLife1K), (5000, QueueDrain)]),
    ];

    private static Run OnWorker(string name, ContenderKind contender, Func<Size, WorkerOrder> order) =>
        Storage.Functions($"Functions worker, {name}", contender, order);

    /// <summary>What a message costs its process and the server, beside calls of one message each.</summary>
    private static IEnumerable<Figure> OfClient(string name, string what, Run run, Run peer, string peerName)
    {
        yield return new(name + "/requests", what, "HTTP requests", run, m => m.RequestsPerMessage, null)
        {
            Peer = peer,
            OfPeer = m => m.RequestsPerMessage,
            PeerName = peerName,
        };
        yield return new(name + "/allocations", what, "bytes allocated", run, m => m.AllocatedPerMessage, null)
        {
            Peer = peer,
            OfPeer = m => m.AllocatedPerMessage,
            PeerName = peerName,
        };
    }

    private static Figure Rate(string name, string what, Run run, Run peer, Goal? goal) =>
        new(name, what, "messages/s", run, m => m.Rate, goal)
        {
            Peer = peer,
            OfPeer = m => m.Rate,
            PeerName = QueuePeer,
        };

    private static WorkerOrder Order(Size size) =>
        new()
        {
            Contender = default,
            Load = default,
            Addresses = [],
            WarmSeconds = size.WarmSeconds,
            Seconds = size.Seconds,
        };

    private static WorkerOrder Enqueue(Size size) => Order(size) with { Load = LoadKind.Enqueue, Producers = Callers };

    /// <summary>A backlog beyond what producers and consumers have in hand is stored first.</summary>
    private static WorkerOrder Life(Size size, int callers, int backlog) =>
        Order(size) with
        {
            Load = LoadKind.Life,
            Producers = callers,
            Consumers = callers,
            Backlog = backlog,
            Stored = backlog >= 1000 ? backlog : 0,
        };

    private static WorkerOrder Drain(Size size, int stored, int consumers) =>
        Order(size) with
        {
            Load = LoadKind.Drain,
            Consumers = consumers,
            Stored = size.Of(stored),
            // Whoever drains in less is done.
            Seconds = Math.Min(20, size.Seconds * 4),
        };
}
