// Generates rows of weather stations, like those of the one billion row challenge.

import type { SharedMemory } from '@onecopy/core'
import { normal, pick, seededRandom } from '../generators/random.js'
import { shareLines } from '../generators/share-lines.js'

/** Cities. The seed decides around which mean the values of each city scatter. */
const cities = (
  'Abéché Accra Adelaide Anchorage Antananarivo Athen Bangkok Beograd Bogotá Brăila Bürs Casablanca Chișinău Córdoba ' +
  'Dakar Djibouti Düsseldorf Erzurum Gdańsk Göteborg Hà-Nội Hamburg Helsinki İzmir Jakarta Kraków København Kyiv ' +
  'Lagos Łódź Lyon Malmö Montréal Nairobi Nuuk Oslo Ouahigouya Palermo Petropavlovsk-Kamchatsky Porto Québec Reykjavík ' +
  'Saint-Pierre San-José Skopje Tallinn Tbilisi Tromsø Ürümqi Vaduz Wrocław Xi’an Yaoundé Zürich 北京 東京 서울 Алматы Αθήνα'
).split(' ')

/**
 * Make `count` rows such as `Hamburg;12.3` in shared memory. The same seed makes the same rows.
 *
 * @param count - integer >= 0
 * @param seed - default 1
 * @throws {RangeError} `count` is not an integer >= 0
 * @example const { keys } = await engine.run(generateRows(1_000_000), csvAggregate)
 */
export function generateRows(count: number, seed: number = 1): SharedMemory {
  const random = seededRandom(seed)
  const stations = cities.map((city) => ({ city, mean: random() * 60 - 20 }))
  return shareLines(count, 64, () => {
    const { city, mean } = pick(random, stations)
    const value = Math.min(99.9, Math.max(-99.9, mean + 10 * normal(random)))
    return `${city};${value.toFixed(1)}`
  })
}
