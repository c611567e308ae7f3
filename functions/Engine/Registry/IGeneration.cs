namespace FuncQueue.Engine.Registry;

/// <summary>The registry's row of one generation of a queue or topic.</summary>
internal interface IGenerationRecord<TName>
{
    TName Name { get; }

    /// <summary>No other generation ever has this one.</summary>
    string Table { get; }

    /// <summary>By storage's clock: tells the later of two readings.</summary>
    DateTimeOffset WrittenAt { get; }
}

/// <summary>What a process keeps of one generation of a queue or topic.</summary>
internal interface IGeneration<TRecord>
{
    TRecord Record { get; }

    /// <summary>Whether nobody waits here and nothing is under way, so that it may be forgotten.</summary>
    bool IsIdle { get; }

    /// <summary>Takes in what the registry says of this generation now.</summary>
    void Update(TRecord latest);
}
