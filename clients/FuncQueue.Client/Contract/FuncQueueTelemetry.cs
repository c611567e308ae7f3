namespace FuncQueue.Client;

/// <summary>What to give to OpenTelemetry's <c>AddSource</c> and <c>AddMeter</c>.</summary>
public static class FuncQueueTelemetry
{
    /// <summary>The name of the client's spans and instruments.</summary>
    public const string Name = "FuncQueue.Client";
}
