namespace FuncQueue.Engine;

/// <summary>The settings of an engine, bound from the configuration section <c>FuncQueue</c>.</summary>
public sealed record EngineOptions
{
    /// <summary>The registry table; alphanumeric, 3 to 63 characters. Deployments that share an account differ in it.</summary>
    public string RegistryTable { get; init; } = "funcqueue";

    /// <summary>The blob container of payloads; lower-case letters, digits and hyphens.</summary>
    public string PayloadContainer { get; init; } = "funcqueue-payloads";

    /// <summary>Most messages in one row: more helps batch consumers, fewer helps many processes that ack single messages. 1 to 100.</summary>
    public int MaxMessagesPerRow { get; init; } = 64;

    /// <summary>How long after its end another process's lease still holds, against clocks that differ.</summary>
    public TimeSpan ClockSkewBound { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Offset between this process's clock and storage's beyond which nothing is handed out and health fails.</summary>
    public TimeSpan MaxClockOffset { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a process trusts what it read of a queue's settings.</summary>
    public TimeSpan SettingsCacheTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Most messages that may wait in this process to be written, per queue, before it answers overloaded.</summary>
    public int MaxPendingEnqueues { get; init; } = 20_000;

    /// <summary>Most receivers that may wait in this process, per queue, before it answers overloaded.</summary>
    public int MaxWaitingReceivers { get; init; } = 10_000;

    /// <summary>How long one storage request may take before it counts as lost.</summary>
    public TimeSpan StorageTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a process that writes to a shard says so, which keeps the sweep looking at it.</summary>
    public TimeSpan ActivityInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long an unfinished upload is left alone.</summary>
    public TimeSpan UploadTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long one purge call works before it answers with <c>complete: false</c>.</summary>
    public TimeSpan PurgeTimeLimit { get; init; } = TimeSpan.FromSeconds(150);
}
