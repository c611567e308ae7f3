using FuncQueue.Chaos.Workload;

namespace FuncQueue.Chaos.Runs;

/// <summary>What a run does to FuncQueue, beside the harm.</summary>
internal interface IWorkload
{
    /// <summary>The queues that it receives from.</summary>
    IReadOnlyList<QueueSpec> Queues { get; }

    /// <summary>Makes what there must be, the queues apart.</summary>
    Task PrepareAsync();

    /// <summary>What goes on at once until the run stops.</summary>
    IEnumerable<Task> Start(CancellationToken stopping);

    /// <summary>When all has been put right, and before the queues are drained.</summary>
    Task FinishAsync();
}
