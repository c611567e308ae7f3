namespace FuncQueue.Benchmarks.Workers;

/// <summary>Which contender a worker drives.</summary>
internal enum ContenderKind
{
    Engine,
    StorageQueue,
    Http,
    Client,
    Rabbit,
    Postgres,
}

/// <summary>What a worker does while it is measured.</summary>
internal enum LoadKind
{
    /// <summary>Producers only.</summary>
    Enqueue,

    /// <summary>Producers, and consumers that ack, at a steady backlog.</summary>
    Life,

    /// <summary>Consumers that ack, until what was stored is gone or time is up.</summary>
    Drain,

    /// <summary>One caller; between each two enqueues a bare insert into a table.</summary>
    Lone,
}

/// <summary>What one child process is asked to do.</summary>
internal sealed record WorkerOrder
{
    public required ContenderKind Contender { get; init; }

    public required LoadKind Load { get; init; }

    /// <summary>Connection strings of storage accounts, or the address of a server.</summary>
    public required IReadOnlyList<string> Addresses { get; init; }

    /// <summary>The key that the server wants; null: it is open.</summary>
    public string? Key { get; init; }

    public string Queue { get; init; } = "measured";

    public int Producers { get; init; }

    public int Consumers { get; init; }

    /// <summary>Messages of one enqueue call; more than one: a batch.</summary>
    public int BatchSize { get; init; } = 1;

    /// <summary>Messages asked for in one dequeue.</summary>
    public int ReceiveSize { get; init; } = 1;

    /// <summary>Stored before anything is measured, by this worker.</summary>
    public int Stored { get; init; }

    /// <summary>
    /// Most messages that wait in the queue, or are on their way there, before producers of <see cref="LoadKind.Life"/> wait.
    /// </summary>
    public int Backlog { get; init; } = 100;

    /// <summary>FIFO groups; 0: a standard queue.</summary>
    public int Groups { get; init; }

    /// <summary>Whether each ack goes to a worker drawn by chance.</summary>
    public bool ScatterAcks { get; init; }

    public int BodyBytes { get; init; } = 1024;

    public double WarmSeconds { get; init; } = 5;

    public double Seconds { get; init; } = 5;
}

/// <summary>Said by a worker that is about to be measured: where it takes acks from others.</summary>
internal sealed record WorkerReady(int Port);

/// <summary>Said to a worker: begin.</summary>
internal sealed record WorkerStart(IReadOnlyList<int> Ports);
