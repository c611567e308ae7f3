namespace FuncQueue.App.Tests.Access;

/// <summary>A test on an app that wants keys from the start. Its queues and keys have names of their own.</summary>
public abstract class LockedTest(LockedApp locked) : IClassFixture<LockedApp>
{
    protected LockedApp Locked => locked;

    protected AppProcess App => locked.App;

    protected KeyMaker Keys => new(App.Address, KeyMaker.HostKey);

    protected ApiClient With(string? key) => new(App.Address, key);
}
