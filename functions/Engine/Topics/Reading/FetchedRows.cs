using FuncQueue.Engine.Topics.Records;

namespace FuncQueue.Engine.Topics.Reading;

/// <summary>Rows of a partition in the order of their offsets, from the one that holds an offset on, or the first behind it.</summary>
/// <param name="End">Whether others follow.</param>
internal sealed record FetchedRows(IReadOnlyList<RecordRow> Rows, FetchEnd End)
{
    public bool IsStopped => End == FetchEnd.Stopped;
}

/// <summary>What follows rows that were fetched.</summary>
internal enum FetchEnd
{
    /// <summary>Nothing, as far as this process knows.</summary>
    End,

    /// <summary>Perhaps more.</summary>
    More,

    /// <summary>A row that this version cannot read.</summary>
    Stopped,
}
