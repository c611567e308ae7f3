namespace FuncQueue.Engine;

/// <summary>The settings of an engine, bound from the configuration section <c>FuncQueue</c>.</summary>
public sealed record EngineOptions
{
    /// <summary>The registry table; alphanumeric, 3 to 63 characters. Deployments that share an account differ in it.</summary>
    public string RegistryTable { get; init; } = "funcqueue";

    /// <summary>The blob container of payloads; lower-case letters, digits and hyphens.</summary>
    public string PayloadContainer { get; init; } = "funcqueue-payloads";

    /// <summary>Most messages in one row: more helps batch consumers, fewer helps many processes that ack single messages. 1 to 90, so that
    /// a whole row's dead letters fit one transaction of 100.</summary>
    public int MaxMessagesPerRow { get; init; } = 64;

    /// <summary>How long after its end another process's lease still holds, against clocks that differ.</summary>
    public TimeSpan ClockSkewBound { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Offset between this process's clock and storage's beyond which nothing is handed out and health fails.</summary>
    public TimeSpan MaxClockOffset { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How far the clocks of two processes may be apart without one of them being found off: each by <see cref="MaxClockOffset"/>, and by
    /// the second of which storage does not tell parts. Where clocks are not held against storage's, as far as they may be by default.
    /// </summary>
    internal TimeSpan MaxClockDifference =>
        2 * ((MaxClockOffset == TimeSpan.MaxValue ? new EngineOptions().MaxClockOffset : MaxClockOffset) + TimeSpan.FromSeconds(1));

    /// <summary>How long a process trusts what it read of a queue's settings.</summary>
    public TimeSpan SettingsCacheTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a process goes on with what it read of a queue's settings while the registry does not answer.</summary>
    public TimeSpan MaxSettingsAge { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Most messages that may wait in this process to be written, per queue, before it answers overloaded.</summary>
    public int MaxPendingEnqueues { get; init; } = 20_000;

    /// <summary>Most receivers that may wait in this process, per queue, before it answers overloaded.</summary>
    public int MaxWaitingReceivers { get; init; } = 10_000;

    /// <summary>How long one storage request may take before it counts as lost.</summary>
    public TimeSpan StorageTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a process that writes to a shard says so, which keeps the sweep looking at it.</summary>
    public TimeSpan ActivityInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long after the last thing that it did in a queue a process writes how much it has done there; while it goes on, that is written
    /// with its marks of activity.
    /// </summary>
    internal TimeSpan SaveTotalsAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an unfinished upload is left alone.</summary>
    public TimeSpan UploadTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a record of a topic stays at least, whatever its retention: so long it can be found out what became of a publish
    /// whose answer was lost. All processes that share a storage must agree on it.</summary>
    public TimeSpan MinRecordAge { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long one purge call works before it answers with <c>complete: false</c>.</summary>
    public TimeSpan PurgeTimeLimit { get; init; } = TimeSpan.FromSeconds(150);

    /// <summary>Throws <see cref="ArgumentException"/> naming the first option that is out of range.</summary>
    public void Validate()
    {
        Require(MaxMessagesPerRow is >= 1 and <= 90, nameof(MaxMessagesPerRow), "must be 1 to 90");
        Require(
            RegistryTable.Length is >= 3 and <= 63
                && RegistryTable.All(char.IsAsciiLetterOrDigit)
                && char.IsAsciiLetter(RegistryTable[0])
                && !RegistryTable.Equals("tables", StringComparison.OrdinalIgnoreCase),
            nameof(RegistryTable),
            "must be 3 to 63 letters and digits, a letter first, and not 'tables', which storage keeps for itself"
        );
        Require(
            PayloadContainer.Length is >= 3 and <= 63
                && PayloadContainer.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
                && !PayloadContainer.Split('-').Contains(""),
            nameof(PayloadContainer),
            "must be 3 to 63 lower-case letters, digits and single hyphens between them"
        );
        Require(ClockSkewBound >= TimeSpan.Zero, nameof(ClockSkewBound), "must not be negative");
        Require(MaxClockOffset > TimeSpan.Zero, nameof(MaxClockOffset), "must be positive");
        Require(SettingsCacheTime >= TimeSpan.Zero, nameof(SettingsCacheTime), "must not be negative");
        Require(MaxSettingsAge >= SettingsCacheTime, nameof(MaxSettingsAge), "must not be less than SettingsCacheTime");
        Require(MaxPendingEnqueues > 0, nameof(MaxPendingEnqueues), "must be positive");
        Require(MaxWaitingReceivers > 0, nameof(MaxWaitingReceivers), "must be positive");
        Require(StorageTimeout > TimeSpan.Zero, nameof(StorageTimeout), "must be positive");
        Require(ActivityInterval > TimeSpan.Zero, nameof(ActivityInterval), "must be positive");
        Require(UploadTimeout > TimeSpan.Zero, nameof(UploadTimeout), "must be positive");
        Require(MinRecordAge > TimeSpan.Zero, nameof(MinRecordAge), "must be positive");
        Require(
            PurgeTimeLimit > TimeSpan.Zero && PurgeTimeLimit <= TimeSpan.FromSeconds(200),
            nameof(PurgeTimeLimit),
            "must be positive and at most 200 seconds"
        );

        static void Require(bool holds, string option, string rule)
        {
            if (!holds)
                throw new ArgumentException($"The setting FuncQueue:{option} {rule}.", option);
        }
    }
}
