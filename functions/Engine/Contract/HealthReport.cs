namespace FuncQueue.Engine;

/// <summary>Whether this process can serve; <c>Detail</c> says why not, for people.</summary>
public sealed record HealthReport(bool Healthy, string Detail);
