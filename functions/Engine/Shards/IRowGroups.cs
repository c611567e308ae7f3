namespace FuncQueue.Engine.Shards;

/// <summary>Keeps account of the groups of the rows in memory.</summary>
internal interface IRowGroups
{
    /// <summary>A row has come, has changed or is forgotten.</summary>
    void Changed(CachedRow? before, CachedRow? after);

    /// <summary>Whether the row has messages of a group of which little else is known: what makes turns between groups possible.</summary>
    bool IsScarce(CachedRow row);
}
