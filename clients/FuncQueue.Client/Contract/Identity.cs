namespace FuncQueue.Client;

/// <summary>What the server takes this client for.</summary>
/// <param name="Name">The key's or application's name.</param>
/// <param name="Rights">What it may do.</param>
/// <param name="Resources">Where it may do that.</param>
/// <param name="ExpiresAt">When that ends.</param>
public sealed record Identity(string Name, IReadOnlyList<string> Rights, IReadOnlyList<string> Resources, DateTimeOffset? ExpiresAt);
