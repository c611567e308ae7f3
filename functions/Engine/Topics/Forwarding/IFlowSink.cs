using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Topics.Forwarding;

/// <summary>Where a flow leads to: a shard of a queue, or a partition of a topic.</summary>
internal interface IFlowSink
{
    /// <summary>In which the cursor is.</summary>
    ShardTable Table { get; }

    /// <summary>Takes what comes next of some rows.</summary>
    /// <param name="rows">From the place on, at least one.</param>
    Task<FlowStep> TakeAsync(FlowPlace at, IReadOnlyList<ForwardedRow> rows, Taking taking);
}
