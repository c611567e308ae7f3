namespace FuncQueue.Functions.Access;

/// <summary>Who has let a request through to the app, which decides what a request without a credential may do.</summary>
/// <param name="IsLocal">Whether that is LocalHost.</param>
/// <param name="IsOpenAtFirst">Whether no credential is needed until the first key exists: on a laptop alone.</param>
/// <param name="ChecksHostKey">Whether functions of the level Function are reached by those alone who show the host's key.</param>
internal sealed record AccessPlace(bool IsLocal, bool IsOpenAtFirst, bool ChecksHostKey)
{
    /// <summary>Behind a Functions host, as in Azure.</summary>
    public static AccessPlace FunctionsHost { get; } = new(IsLocal: false, IsOpenAtFirst: false, ChecksHostKey: true);

    /// <summary>Under LocalHost, with a host key or without one.</summary>
    public static AccessPlace Local(bool hasHostKey) => new(IsLocal: true, IsOpenAtFirst: !hasHostKey, ChecksHostKey: hasHostKey);
}
