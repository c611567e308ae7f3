namespace FuncQueue.Tests.Support;

/// <summary>One operation on one entity: alone in a request, or part of a transaction.</summary>
public sealed record EntityOperation(string Method, string RowKey)
{
    public bool IsInsert => Method == "POST";

    public bool IsChange => !IsInsert;

    /// <summary>Whether the row is of one of these kinds, the first letter of its key.</summary>
    public bool IsOn(string kinds) => RowKey.Length > 0 && kinds.Contains(RowKey[0], StringComparison.Ordinal);
}
