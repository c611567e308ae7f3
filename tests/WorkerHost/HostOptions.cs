namespace FuncQueue.WorkerHost;

/// <summary>How a stand-in for the Functions host is started.</summary>
public sealed record HostOptions
{
    /// <summary>The published app.</summary>
    public required string AppFolder { get; init; }

    /// <summary>The app settings; the host reads some itself, the worker has all of them as environment variables.</summary>
    public required IReadOnlyDictionary<string, string?> Settings { get; init; }

    /// <summary>The host key that functions of level Function want; null: nobody needs one, as on a developer's machine.</summary>
    public string? FunctionKey { get; init; }

    /// <summary>The key that opens every function.</summary>
    public string? MasterKey { get; init; }

    /// <summary>
    /// Whether the worker starts as Flex Consumption starts one: in a placeholder that learns the app's settings late, and whose app is
    /// first told of a reload of the environment.
    /// </summary>
    public bool Placeholder { get; init; }
}
