namespace FuncQueue.Client.Json;

/// <summary>What to purge.</summary>
internal sealed class PurgeRequest
{
    public MessageFilter? Filter { get; set; }
    public bool? DryRun { get; set; }
}
