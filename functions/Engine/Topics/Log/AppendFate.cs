using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Topics.Log;

/// <summary>What became of an append whose answer was lost.</summary>
internal abstract record AppendFate
{
    private AppendFate() { }

    /// <summary>It is there.</summary>
    public sealed record Stored : AppendFate;

    /// <summary>It is not there, nor can it ever be: the same records can be stored behind.</summary>
    public sealed record Never : AppendFate;

    /// <summary>It was sent again, or refused, and ended so.</summary>
    public sealed record Otherwise(WriteResult End) : AppendFate;

    /// <summary>Storage did not tell in time.</summary>
    public sealed record Unknown : AppendFate;
}
