namespace FuncQueue.Client.Json;

/// <summary>What the server tells with an ETag.</summary>
internal interface IVersioned
{
    /// <summary>The version, as the answer's header has it.</summary>
    string? ETag { set; }
}
