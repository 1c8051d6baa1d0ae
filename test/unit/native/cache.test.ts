import os from 'node:os';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { cacheFolder as cacheFolderOfScripts } from '../../../scripts/lib/cache.mjs';
import { cacheFolder } from '../../../src/native';
import { cacheFolder as cacheFolderOf } from '../../../src/native/cache';

const home = os.homedir();
type Case = readonly [string, NodeJS.ProcessEnv, NodeJS.Platform, string];

describe.each([
  ['the product', cacheFolderOf],
  ['the scripts', cacheFolderOfScripts],
])('the cache folder of %s', (_, folderOf) => {
  it.each<Case>([
    ['the folder that is named', { LATENT_STUDIO_CACHE: '/c', XDG_CACHE_HOME: '/x' }, 'linux', '/c'],
    ['the XDG folder', { XDG_CACHE_HOME: '/x' }, 'linux', '/x/latent-studio'],
    ['the default when XDG’s is relative', { XDG_CACHE_HOME: 'x' }, 'linux', `${home}/.cache/latent-studio`],
    [
      'the default when the named one is relative',
      { LATENT_STUDIO_CACHE: './c' },
      'linux',
      `${home}/.cache/latent-studio`,
    ],
    [
      'the default when variables are empty',
      { LATENT_STUDIO_CACHE: '', XDG_CACHE_HOME: '' },
      'linux',
      `${home}/.cache/latent-studio`,
    ],
    ['macOS’ place', {}, 'darwin', `${home}/Library/Caches/latent-studio`],
    ['the XDG folder on macOS for who sets it', { XDG_CACHE_HOME: '/x' }, 'darwin', '/x/latent-studio'],
    ['Windows’ place', { LOCALAPPDATA: 'D:\\Local' }, 'win32', 'D:\\Local\\latent-studio\\Cache'],
    ['the folder that is named on Windows', { LATENT_STUDIO_CACHE: 'E:\\c', LOCALAPPDATA: 'D:\\L' }, 'win32', 'E:\\c'],
    [
      'Windows’ place when the named one is relative',
      { LATENT_STUDIO_CACHE: 'c', LOCALAPPDATA: 'D:\\L' },
      'win32',
      'D:\\L\\latent-studio\\Cache',
    ],
  ])('is %s', (__, environment, platform, expected) => {
    expect(folderOf(environment, platform)).toBe(expected);
  });

  it.each<[string, () => string]>([
    [
      'an unknown user',
      () => {
        throw Object.assign(new Error('uv_os_homedir returned ENOENT'), { code: 'ENOENT' });
      },
    ],
    ['a home that depends on the current folder', () => 'home'],
  ])('is one that is named for %s, or there is none', (__, homedir) => {
    const spy = vi.spyOn(os, 'homedir').mockImplementation(homedir);
    onTestFinished(() => spy.mockRestore());
    expect(() => folderOf({}, 'linux')).toThrow(/no home folder/);
    expect(folderOf({ XDG_CACHE_HOME: '/x' }, 'linux')).toBe('/x/latent-studio');
    expect(folderOf({ LOCALAPPDATA: 'D:\\L' }, 'win32')).toBe('D:\\L\\latent-studio\\Cache');
  });
});

it('the cache folder follows the process’ environment', () => {
  expect(cacheFolder()).toBe(cacheFolderOf(process.env, process.platform));
});
