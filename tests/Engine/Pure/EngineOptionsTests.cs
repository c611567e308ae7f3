namespace FuncQueue.Engine.Tests.Pure;

/// <summary>Options are checked at the start.</summary>
public sealed class EngineOptionsTests
{
    public static TheoryData<string, EngineOptions> Bad =>
        new()
        {
            {
                nameof(EngineOptions.RegistryTable),
                new EngineOptions { RegistryTable = "ab" }
            },
            {
                nameof(EngineOptions.RegistryTable),
                new EngineOptions { RegistryTable = "1abc" }
            },
            {
                nameof(EngineOptions.RegistryTable),
                new EngineOptions { RegistryTable = "a-bc" }
            },
            {
                nameof(EngineOptions.RegistryTable),
                new EngineOptions { RegistryTable = "Tables" }
            },
            {
                nameof(EngineOptions.PayloadContainer),
                new EngineOptions { PayloadContainer = "Payloads" }
            },
            {
                nameof(EngineOptions.PayloadContainer),
                new EngineOptions { PayloadContainer = "-payloads" }
            },
            {
                nameof(EngineOptions.PayloadContainer),
                new EngineOptions { PayloadContainer = "payloads-" }
            },
            {
                nameof(EngineOptions.PayloadContainer),
                new EngineOptions { PayloadContainer = "pay--loads" }
            },
            {
                nameof(EngineOptions.PayloadContainer),
                new EngineOptions { PayloadContainer = new string('a', 64) }
            },
            {
                nameof(EngineOptions.MaxMessagesPerRow),
                new EngineOptions { MaxMessagesPerRow = 0 }
            },
            {
                nameof(EngineOptions.MaxMessagesPerRow),
                new EngineOptions { MaxMessagesPerRow = 91 }
            },
            {
                nameof(EngineOptions.ClockSkewBound),
                new EngineOptions { ClockSkewBound = TimeSpan.FromTicks(-1) }
            },
            {
                nameof(EngineOptions.MaxClockOffset),
                new EngineOptions { MaxClockOffset = TimeSpan.Zero }
            },
            {
                nameof(EngineOptions.SettingsCacheTime),
                new EngineOptions { SettingsCacheTime = TimeSpan.FromTicks(-1) }
            },
            {
                nameof(EngineOptions.MaxPendingEnqueues),
                new EngineOptions { MaxPendingEnqueues = 0 }
            },
            {
                nameof(EngineOptions.MaxWaitingReceivers),
                new EngineOptions { MaxWaitingReceivers = 0 }
            },
            {
                nameof(EngineOptions.StorageTimeout),
                new EngineOptions { StorageTimeout = TimeSpan.Zero }
            },
            {
                nameof(EngineOptions.ActivityInterval),
                new EngineOptions { ActivityInterval = TimeSpan.Zero }
            },
            {
                nameof(EngineOptions.UploadTimeout),
                new EngineOptions { UploadTimeout = TimeSpan.Zero }
            },
            {
                nameof(EngineOptions.MinRecordAge),
                new EngineOptions { MinRecordAge = TimeSpan.Zero }
            },
            {
                nameof(EngineOptions.PurgeTimeLimit),
                new EngineOptions { PurgeTimeLimit = TimeSpan.FromSeconds(201) }
            },
        };

    [Fact]
    public void The_defaults_are_valid() => new EngineOptions().Validate();

    [Theory]
    [MemberData(nameof(Bad))]
    public void An_option_out_of_range_is_named(string name, EngineOptions options) =>
        Should.Throw<ArgumentException>(options.Validate).ParamName.ShouldBe(name);
}
