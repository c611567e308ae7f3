namespace FuncQueue.App.Tests;

/// <summary>Pausing and resuming a queue over HTTP.</summary>
public sealed class QueueStateTests(AppFixture app)
{
    private readonly ApiClient client = app.Client;

    [Fact]
    public async Task A_paused_queue_refuses_what_its_state_says_and_settles()
    {
        var queue = await client.QueueAsync("""{"state":"sendPaused"}""");
        (await client.GetAsync(queue)).Json["state"]!.GetValue<string>().ShouldBe("sendPaused");
        var refused = await client.SendAsync(HttpMethod.Post, queue + "/messages", new StringContent("x"));
        (refused.Status, refused.Code).ShouldBe((HttpStatusCode.Conflict, "queue-paused"));
        (await client.PostAsync(queue + "/messages/batch", """{"messages":[{"body":"a"}]}""")).Code.ShouldBe("queue-paused");
        (await client.DequeueAsync(queue)).ShouldBeEmpty();
        await SetAsync(queue, "active");
        await client.EnqueueAsync(queue, "hello");
        var message = (await client.DequeueAsync(queue))[0]!;
        await SetAsync(queue, "receivePaused");
        (await client.PostAsync(queue + "/messages/dequeue?waitSeconds=20")).Code.ShouldBe("queue-paused");
        await client.EnqueueAsync(queue, "again");
        (await client.SettleAsync(queue, "ack", message)).ShouldBe("ok");
        await SetAsync(queue, "paused");
        (await client.PostAsync(queue + "/messages/dequeue")).Code.ShouldBe("queue-paused");
        (await client.GetAsync(queue + "/messages")).Json["messages"]!.AsArray().Count.ShouldBe(1);
        (await client.PutAsync(queue, """{"visibilityTimeoutSeconds":60}""")).Json["state"]!.GetValue<string>().ShouldBe("paused");
        await SetAsync(queue, "active");
        (await client.DequeueAsync(queue))[0]!["body"]!.GetValue<string>().ShouldBe("again");
    }

    private async Task SetAsync(string queue, string state) =>
        (await client.PutAsync(queue, $$"""{"state":"{{state}}"}""")).Json["state"]!.GetValue<string>().ShouldBe(state);
}
