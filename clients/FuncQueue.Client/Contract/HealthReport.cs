namespace FuncQueue.Client;

/// <summary>How the server is.</summary>
/// <param name="Status"><c>healthy</c> or <c>unhealthy</c>.</param>
/// <param name="Detail">More of it.</param>
public sealed record HealthReport(string Status, string? Detail)
{
    /// <summary>Whether it is well.</summary>
    public bool IsHealthy => Status == "healthy";
}
