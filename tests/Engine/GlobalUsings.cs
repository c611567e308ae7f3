global using FuncQueue.Tests.Support;
global using Shouldly;
global using Xunit;
