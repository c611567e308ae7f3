namespace FuncQueue.WorkerHost;

/// <summary>What triggers a function.</summary>
public abstract record Trigger(string ParameterName)
{
    /// <param name="Methods">Null: any.</param>
    /// <param name="Route">Null: the function's name.</param>
    public sealed record Http(string ParameterName, string AuthLevel, string[]? Methods, string? Route) : Trigger(ParameterName);

    public sealed record Timer(string ParameterName, string Schedule) : Trigger(ParameterName);
}
